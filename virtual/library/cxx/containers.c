/* SPDX-License-Identifier: MIT */
/*
 * The parts of libstdc++'s list, map and set that are not in its headers: linking nodes,
 * and balancing trees (Cormen and others, Introduction to Algorithms, chapter 13). Linked
 * into a program with instrumentation, each access to a node is the program's.
 */
#include <stdbool.h>
#include <stddef.h>

/* As functions of the library, reports show where the program called them. */
#define LIBRARY __attribute__((section("library_code")))

/* --- std::list ---------------------------------------------------------------------- */

struct item {
    struct item *next, *previous;
};

LIBRARY void _ZNSt8__detail15_List_node_base7_M_hookEPS0_(struct item *item,
                                                          struct item *place)
{
    item->next = place;
    item->previous = place->previous;
    place->previous->next = item;
    place->previous = item;
}

LIBRARY void _ZNSt8__detail15_List_node_base9_M_unhookEv(struct item *item)
{
    item->previous->next = item->next;
    item->next->previous = item->previous;
}

/* Moves the items from `first` to before `last` to before `place`. */
LIBRARY void _ZNSt8__detail15_List_node_base11_M_transferEPS0_S1_(struct item *place,
                                                                  struct item *first,
                                                                  struct item *last)
{
    if (place == last) {
        return;
    }
    struct item *end = last->previous, *before = first->previous;
    before->next = last;
    last->previous = before;
    first->previous = place->previous;
    place->previous->next = first;
    end->next = place;
    place->previous = end;
}

LIBRARY void _ZNSt8__detail15_List_node_base10_M_reverseEv(struct item *list)
{
    struct item *item = list;
    do {
        struct item *next = item->next;
        item->next = item->previous;
        item->previous = next;
        item = next;
    } while (item != list);
}

/* The items of `from`, whose ends point to it, are now those of `to`. */
LIBRARY static void take_over(struct item *to, const struct item *from,
                              const struct item *old)
{
    if (from->next == old) {
        to->next = to->previous = to;
    } else {
        *to = *from;
        to->next->previous = to->previous->next = to;
    }
}

LIBRARY void _ZNSt8__detail15_List_node_base4swapERS0_S1_(struct item *one,
                                                          struct item *other)
{
    struct item kept = *one;
    take_over(one, other, other);
    take_over(other, &kept, one);
}

/* --- std::map, std::set ------------------------------------------------------------- */

enum colour { RED, BLACK };

struct node {
    enum colour colour;
    struct node *parent, *left, *right;
};

/* What a tree's `header` holds: the root as its parent, and the first and last node. It
   is red, and the parent of the root. */

LIBRARY static struct node *leftmost(struct node *node)
{
    while (node->left != NULL) {
        node = node->left;
    }
    return node;
}

LIBRARY static struct node *rightmost(struct node *node)
{
    while (node->right != NULL) {
        node = node->right;
    }
    return node;
}

LIBRARY struct node *_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base(struct node *node)
{
    if (node->right != NULL) {
        return leftmost(node->right);
    }
    struct node *above = node->parent;
    while (node == above->right) {
        node = above;
        above = above->parent;
    }
    /* From the last node on the way led to the header, unless the root is the last. */
    return node->right != above ? above : node;
}

LIBRARY struct node *_ZSt18_Rb_tree_decrementPSt18_Rb_tree_node_base(struct node *node)
{
    if (node->colour == RED && node->parent->parent == node) {
        return node->right; /* the header: the last node is before it */
    }
    if (node->left != NULL) {
        return rightmost(node->left);
    }
    struct node *above = node->parent;
    while (node == above->left) {
        node = above;
        above = above->parent;
    }
    return above;
}

LIBRARY struct node *_ZSt18_Rb_tree_incrementPKSt18_Rb_tree_node_base(struct node *node)
{
    return _ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base(node);
}

LIBRARY struct node *_ZSt18_Rb_tree_decrementPKSt18_Rb_tree_node_base(struct node *node)
{
    return _ZSt18_Rb_tree_decrementPSt18_Rb_tree_node_base(node);
}

/* Puts `other` (or nothing) where `node` is below its parent. */
LIBRARY static void replace(struct node *header, const struct node *node,
                            struct node *other)
{
    struct node *above = node->parent;
    if (above == header) {
        header->parent = other;
    } else if (above->left == node) {
        above->left = other;
    } else {
        above->right = other;
    }
    if (other != NULL) {
        other->parent = above;
    }
}

LIBRARY static void rotate_left(struct node *header, struct node *node)
{
    struct node *child = node->right;
    node->right = child->left;
    if (child->left != NULL) {
        child->left->parent = node;
    }
    replace(header, node, child);
    child->left = node;
    node->parent = child;
}

LIBRARY static void rotate_right(struct node *header, struct node *node)
{
    struct node *child = node->left;
    node->left = child->right;
    if (child->right != NULL) {
        child->right->parent = node;
    }
    replace(header, node, child);
    child->right = node;
    node->parent = child;
}

/* Towards the left or the right, so that both sides are one case. */
LIBRARY static void rotate(struct node *header, struct node *node, bool left)
{
    (left ? rotate_left : rotate_right)(header, node);
}

LIBRARY static struct node *child_of(const struct node *node, bool left)
{
    return left ? node->left : node->right;
}

LIBRARY void _ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_(
    bool left, struct node *node, struct node *parent, struct node *header)
{
    node->parent = parent;
    node->left = node->right = NULL;
    node->colour = RED;
    if (left) {
        parent->left = node; /* of the header, this is the first node */
        if (parent == header) {
            header->parent = header->right = node;
        } else if (parent == header->left) {
            header->left = node;
        }
    } else {
        parent->right = node;
        if (parent == header->right) {
            header->right = node;
        }
    }
    while (node != header->parent && node->parent->colour == RED) {
        struct node *above = node->parent, *top = above->parent;
        bool side = above == top->left;
        struct node *uncle = child_of(top, !side);
        if (uncle != NULL && uncle->colour == RED) {
            above->colour = uncle->colour = BLACK;
            top->colour = RED;
            node = top;
            continue;
        }
        if (node == child_of(above, !side)) {
            node = above;
            rotate(header, node, side);
            above = node->parent;
        }
        above->colour = BLACK;
        top->colour = RED;
        rotate(header, top, !side);
    }
    header->parent->colour = BLACK;
}

LIBRARY static bool is_black(const struct node *node)
{
    return node == NULL || node->colour == BLACK;
}

/* Below `parent`, on the side of `node` (or nothing), a black node is missing. */
LIBRARY static void restore_black(struct node *header, struct node *node,
                                  struct node *parent)
{
    while (node != header->parent && is_black(node)) {
        bool side = node == parent->left;
        struct node *sibling = child_of(parent, !side);
        if (sibling->colour == RED) {
            sibling->colour = BLACK;
            parent->colour = RED;
            rotate(header, parent, side);
            sibling = child_of(parent, !side);
        }
        if (is_black(sibling->left) && is_black(sibling->right)) {
            sibling->colour = RED;
            node = parent;
            parent = node->parent;
            continue;
        }
        if (is_black(child_of(sibling, !side))) {
            child_of(sibling, side)->colour = BLACK;
            sibling->colour = RED;
            rotate(header, sibling, !side);
            sibling = child_of(parent, !side);
        }
        sibling->colour = parent->colour;
        parent->colour = BLACK;
        child_of(sibling, !side)->colour = BLACK;
        rotate(header, parent, side);
        node = header->parent;
    }
    if (node != NULL) {
        node->colour = BLACK;
    }
}

/* The next node, which has no left child, takes the place of `node`. Returns what has
   taken that one's, and *parent, above it. */
LIBRARY static struct node *exchange(struct node *header, struct node *node,
                                     struct node **parent, enum colour *removed)
{
    struct node *next = leftmost(node->right), *below = next->right;
    *removed = next->colour;
    if (next->parent == node) {
        *parent = next;
    } else {
        *parent = next->parent;
        replace(header, next, below);
        next->right = node->right;
        next->right->parent = next;
    }
    replace(header, node, next);
    next->left = node->left;
    next->left->parent = next;
    next->colour = node->colour;
    return below;
}

LIBRARY struct node *
_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_(struct node *node,
                                                             struct node *header)
{
    struct node *below, *parent;
    enum colour removed = node->colour;
    if (node->left != NULL && node->right != NULL) {
        below = exchange(header, node, &parent, &removed);
    } else {
        below = node->left != NULL ? node->left : node->right;
        parent = node->parent;
        replace(header, node, below);
        if (header->left == node) {
            header->left = below != NULL ? leftmost(below) : parent;
        }
        if (header->right == node) {
            header->right = below != NULL ? rightmost(below) : parent;
        }
    }
    if (removed == BLACK) {
        restore_black(header, below, parent);
    }
    return node;
}

LIBRARY unsigned
_ZSt20_Rb_tree_black_countPKSt18_Rb_tree_node_baseS1_(const struct node *node,
                                                      const struct node *root)
{
    unsigned count = 0;
    while (node != NULL) {
        count += node->colour == BLACK;
        node = node == root ? NULL : node->parent;
    }
    return count;
}
