//! Measurements, each beside the least that could do the same work, in the same run.

pub mod link;
