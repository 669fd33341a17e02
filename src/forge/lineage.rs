//! The order in which commits are told. Where they come from lives in the adapters.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use jiff::Timestamp;

/// A commit among others.
pub(in crate::forge) struct Node<'a> {
    /// Its name.
    pub(in crate::forge) id: &'a str,
    /// Its parents' names.
    pub(in crate::forge) parents: Vec<&'a str>,
    /// When it was committed.
    pub(in crate::forge) at: Timestamp,
}

/// Children before parents, and of two that do not descend from each other the newer first. No forge promises as much.
pub(in crate::forge) fn newest_first<T>(commits: Vec<T>, node: impl Fn(&T) -> Node<'_>) -> Vec<T> {
    let order = order(&commits.iter().map(node).collect::<Vec<_>>());
    let mut commits: Vec<Option<T>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| commits[at].take()).collect()
}

fn order(nodes: &[Node<'_>]) -> Vec<usize> {
    let at: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    let known = |node: &Node<'_>| -> Vec<usize> {
        node.parents.iter().filter_map(|parent| at.get(parent).copied()).collect()
    };
    let parents: Vec<Vec<usize>> = nodes.iter().map(known).collect();
    let mut children = vec![0_usize; nodes.len()];
    parents.iter().flatten().for_each(|parent| children[*parent] += 1);
    let rank = |at: usize| (nodes[at].at, Reverse(at));
    let mut ready: BinaryHeap<_> =
        (0..nodes.len()).filter(|at| children[*at] == 0).map(|at| (rank(at), at)).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some((_, next)) = ready.pop() {
        order.push(next);
        for parent in &parents[next] {
            children[*parent] -= 1;
            if children[*parent] == 0 {
                ready.push((rank(*parent), *parent));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told = (&'static str, i64, &'static [&'static str]);

    fn node<'a>((id, second, parents): &'a Told) -> Node<'a> {
        Node { id, parents: parents.to_vec(), at: Timestamp::from_second(*second).unwrap() }
    }

    fn check(commits: &[Told]) -> String {
        newest_first(commits.to_vec(), node).into_iter().map(|(id, _, _)| id).collect()
    }

    #[test]
    fn children_stand_before_their_parents_whatever_the_dates_say() {
        assert_eq!(check(&[("a", 1, &[]), ("b", 2, &["a"]), ("c", 3, &["b"])]), "cba");
        assert_eq!(check(&[("a", 9, &["x"]), ("b", 2, &["a"]), ("c", 3, &["b"])]), "cba");
    }

    #[test]
    fn of_two_sides_of_a_merge_the_newer_stands_first() {
        assert_eq!(
            check(&[("a", 1, &[]), ("b", 2, &["a"]), ("c", 3, &["a"]), ("m", 4, &["b", "c"])]),
            "mcba"
        );
    }
}
