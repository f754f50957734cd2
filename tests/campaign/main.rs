//! Campaigns: whom they find, when they write to whom, what is left after a crash, and the pages and
//! commands that move them. Everything that has rows runs on both databases.

#[path = "../support/mod.rs"]
mod support;

#[path = "../store/bed.rs"]
#[allow(dead_code)]
mod bed;
#[path = "../gateway/node.rs"]
#[allow(dead_code)]
mod node;
#[path = "../gateway/site.rs"]
#[allow(dead_code)]
mod site;

mod audience;
mod gateway;
mod office;
mod pages;
mod queue;
mod texts;
