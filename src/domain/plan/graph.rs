//! A commit graph by indices: ranges, ancestry and the previous release without asking git again. Commits' texts are not here.

use std::collections::BinaryHeap;

/// A commit graph. A commit is its index; newer commits need not come first.
#[derive(Debug, Clone)]
pub struct Graph {
    /// Where each commit's parents begin in `parents`; one more entry than there are commits.
    starts: Vec<u32>,
    parents: Vec<u32>,
    /// One more than the highest generation of a commit's parents: a parent's is always lower than its child's.
    generations: Vec<u32>,
}

const HEAD: u8 = 1;
const BASE: u8 = 2;

impl Graph {
    /// A graph from each commit's parents. Parents that are not in the graph (a shallow clone's) are left out by the caller.
    pub fn new(parents_of: impl IntoIterator<Item = impl IntoIterator<Item = u32>>) -> Self {
        let mut graph = Self { starts: vec![0], parents: Vec::new(), generations: Vec::new() };
        for parents in parents_of {
            graph.parents.extend(parents);
            graph.starts.push(u32::try_from(graph.parents.len()).expect("fewer edges than 2^32"));
        }
        graph.generations = graph.count_generations();
        graph
    }

    /// How many commits it has.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A commit's parents, the first one first.
    pub fn parents(&self, commit: u32) -> &[u32] {
        &self.parents[self.starts[commit as usize] as usize..self.starts[commit as usize + 1] as usize]
    }

    /// The commits that `head` reaches and none of `bases` does, in the order of their indices. Looks at little more than these.
    pub fn range(&self, head: u32, bases: &[u32]) -> Vec<u32> {
        let mut painting = Painting::new(self);
        bases.iter().for_each(|base| painting.paint(*base, BASE));
        painting.paint(head, HEAD);
        let mut found = Vec::new();
        while let Some((commit, colour)) = painting.next() {
            if colour == HEAD {
                found.push(commit);
            }
            self.parents(commit).iter().for_each(|parent| painting.paint(*parent, colour));
        }
        found.sort_unstable();
        found
    }

    /// Whether `older` is `newer` or one of its ancestors.
    pub fn reaches(&self, newer: u32, older: u32) -> bool {
        let floor = self.generations[older as usize];
        let mut seen = vec![false; self.len()];
        let mut open = vec![newer];
        while let Some(commit) = open.pop() {
            if commit == older {
                return true;
            }
            let below =
                self.parents(commit).iter().filter(|parent| self.generations[**parent as usize] >= floor);
            for parent in below {
                if !std::mem::replace(&mut seen[*parent as usize], true) {
                    open.push(*parent);
                }
            }
        }
        false
    }

    /// The first of these, in their order, that `head` reaches.
    pub fn first_reached<T>(&self, head: u32, wanted: impl IntoIterator<Item = (u32, T)>) -> Option<T> {
        wanted.into_iter().find(|(commit, _)| self.reaches(head, *commit)).map(|(_, found)| found)
    }

    fn count_generations(&self) -> Vec<u32> {
        let mut generations = vec![0u32; self.len()];
        let mut open = Vec::new();
        for start in 0..u32::try_from(self.len()).expect("fewer commits than 2^32") {
            open.push(start);
            while let Some(commit) = open.last().copied() {
                if generations[commit as usize] > 0 {
                    open.pop();
                    continue;
                }
                let before = open.len();
                open.extend(self.parents(commit).iter().filter(|parent| generations[**parent as usize] == 0));
                if open.len() == before {
                    let highest =
                        self.parents(commit).iter().map(|parent| generations[*parent as usize]).max();
                    generations[commit as usize] = highest.unwrap_or(0) + 1;
                    open.pop();
                }
            }
        }
        generations
    }
}

/// Carries colours from children to parents. By falling generation all children of a commit come before it, so that its
/// colour is complete when its turn comes.
struct Painting<'a> {
    graph: &'a Graph,
    colours: Vec<u8>,
    /// Commits whose turn is still to come, by generation.
    queue: BinaryHeap<(u32, u32)>,
    /// How many of them only the head reaches, as far as is known; once none is left, the range is complete.
    heads_left: usize,
}

impl<'a> Painting<'a> {
    fn new(graph: &'a Graph) -> Self {
        Self { graph, colours: vec![0; graph.len()], queue: BinaryHeap::new(), heads_left: 0 }
    }

    fn paint(&mut self, commit: u32, colour: u8) {
        let before = self.colours[commit as usize];
        let after = before | colour;
        self.colours[commit as usize] = after;
        if before == 0 {
            self.queue.push((self.graph.generations[commit as usize], commit));
        }
        self.heads_left += usize::from(after == HEAD && before != HEAD);
        self.heads_left -= usize::from(before == HEAD && after != HEAD);
    }

    fn next(&mut self) -> Option<(u32, u8)> {
        if self.heads_left == 0 {
            return None;
        }
        let (_, commit) = self.queue.pop()?;
        let colour = self.colours[commit as usize];
        self.heads_left -= usize::from(colour == HEAD);
        Some((commit, colour))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each commit's parents are among the commits before it.
    fn any_history() -> impl Strategy<Value = Vec<Vec<u32>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u32>(), 0..3), 1..40).prop_map(|raw| {
            let parents = |(at, parents): (usize, Vec<u32>)| -> Vec<u32> {
                let at = u32::try_from(at).unwrap();
                parents.into_iter().filter(|_| at > 0).map(|parent| parent % at).collect()
            };
            raw.into_iter().enumerate().map(parents).collect()
        })
    }

    fn ancestors(history: &[Vec<u32>], of: u32) -> std::collections::BTreeSet<u32> {
        let mut found = std::collections::BTreeSet::from([of]);
        for at in (0..=of).rev() {
            if found.contains(&at) {
                found.extend(&history[at as usize]);
            }
        }
        found
    }

    proptest! {
        #[test]
        fn a_range_is_what_the_head_has_and_the_bases_lack(history in any_history(), pick in any::<[u32; 3]>()) {
            let graph = Graph::new(history.clone());
            let [head, a, b] = pick.map(|at| at % u32::try_from(history.len()).unwrap());
            let (left, right) = (ancestors(&history, a), ancestors(&history, b));
            let all = ancestors(&history, head);
            let wanted: Vec<u32> = all.into_iter().filter(|at| !left.contains(at) && !right.contains(at)).collect();
            prop_assert_eq!(graph.range(head, &[a, b]), wanted);
            prop_assert_eq!(graph.reaches(head, a), ancestors(&history, head).contains(&a));
        }
    }

    #[test]
    fn the_first_reached_is_the_most_wanted() {
        // 0 ← 1 ← 3, 0 ← 2
        let graph = Graph::new([vec![], vec![0], vec![0], vec![1]]);
        assert_eq!(graph.first_reached(3, [(2, "2.0.0"), (1, "1.1.0"), (0, "1.0.0")]), Some("1.1.0"));
        assert_eq!(graph.first_reached(0, [(1, "1.1.0")]), None);
    }
}
