//! Where the boxes stand: a column for every distance from the start, split when it is too tall;
//! within a column, near what leads to them.
//!
//! Ranks are shortest distances, so an arrow forward always ends in the next rank: there is no
//! long edge to bend around boxes, and the general method (Sugiyama's) shrinks to its second step,
//! a few sweeps of barycentres.

use crate::menu::graph::Graph;

/// The most boxes that stand above each other.
const TALLEST: usize = 12;

/// Sweeps over the columns; more change nothing that can be seen.
const SWEEPS: usize = 6;

/// The boxes of every column, from the top.
pub fn columns(graph: &Graph) -> Vec<Vec<usize>> {
    let deepest = graph.boxes.iter().map(|node| node.rank).max().unwrap_or(0);
    let mut ranks: Vec<Vec<usize>> = vec![Vec::new(); deepest + 1];
    for (at, node) in graph.boxes.iter().enumerate() {
        ranks[node.rank].push(at);
    }
    for _ in 0..SWEEPS {
        for rank in 1..ranks.len() {
            let (before, after) = ranks.split_at_mut(rank);
            let from = &before[rank - 1];
            after[0].sort_by_cached_key(|&at| weight(pull(graph, from, at)));
        }
        for rank in (0..ranks.len().saturating_sub(1)).rev() {
            let (before, after) = ranks.split_at_mut(rank + 1);
            let next = &after[0];
            before[rank].sort_by_cached_key(|&at| weight(push(graph, next, at)));
        }
    }
    ranks.into_iter().flat_map(split).collect()
}

/// The mean place of what leads to a box; exits of one box count in their order.
fn pull(graph: &Graph, from: &[usize], at: usize) -> Option<f64> {
    let exits = from.iter().enumerate().flat_map(|(place, &source)| {
        let arrows = &graph.boxes[source].arrows;
        let many = arrows.len() as f64;
        let lead = arrows.iter().enumerate().filter(move |(_, arrow)| arrow.to == at);
        lead.map(move |(exit, _)| place as f64 + exit as f64 / many)
    });
    mean(exits)
}

/// The mean place of what a box leads to.
fn push(graph: &Graph, next: &[usize], at: usize) -> Option<f64> {
    let arrows = graph.boxes[at].arrows.iter();
    mean(arrows.filter_map(|arrow| next.iter().position(|&to| to == arrow.to)).map(|to| to as f64))
}

fn mean(places: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = places.fold((0.0, 0.0), |(sum, count), place| (sum + place, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// A mean as a key to sort by, in thousandths; boxes without a neighbour sink to the end.
fn weight(mean: Option<f64>) -> u64 {
    mean.map_or(u64::MAX, |mean| (mean * 1000.0) as u64)
}

/// A rank as columns of even height.
fn split(rank: Vec<usize>) -> Vec<Vec<usize>> {
    let columns = rank.len().div_ceil(TALLEST).max(1);
    let height = rank.len().div_ceil(columns).max(1);
    rank.chunks(height).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::menu::graph::tests::small;

    #[test]
    fn every_box_stands_once_and_ranks_are_in_order() {
        assert_eq!(columns(&small()), [[0], [1], [2], [3]]);
    }

    #[test]
    fn a_tall_rank_is_split_evenly() {
        let heights: Vec<_> = split((0..25).collect()).iter().map(Vec::len).collect();
        assert_eq!(heights, [9, 9, 7]);
    }
}
