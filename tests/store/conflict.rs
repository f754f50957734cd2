//! A batch that meets a conflict leaves nothing at all.
