//! USSD.

pub mod mmi;
