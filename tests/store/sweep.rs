//! Time-outs and the end of retention.
