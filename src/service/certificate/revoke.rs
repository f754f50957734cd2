//! What the ministry takes back: one certificate by its short code, or all of a person, until they are
//! allowed again.

use thiserror::Error;

use crate::{
    certificate::code::{CodeError, ShortCode},
    identity::{Nik, nik::NikError},
    vault::{NikIndex, Vault},
};

/// What is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// The one with this short code.
    Code(ShortCode),
    /// All of a person, those that were asked for and those that would be.
    Person(NikIndex),
}

/// An order to revoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What.
    pub what: Revoked,
    /// Why, in a few words.
    pub reason: String,
}

/// Why an order is none, or came to nothing. It repeats nothing of what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OrderError {
    /// Both or neither.
    #[error("give a short code, or a person, and not both")]
    Which,
    /// No short code.
    #[error("the short code: {0}")]
    Code(CodeError),
    /// No NIK.
    #[error("the NIK: {0}")]
    Nik(NikError),
    /// Too short or too long.
    #[error("the reason has 4 to 200 characters")]
    Reason,
    /// There is none, or it was revoked before.
    #[error("there is no such certificate that is good")]
    None,
}

impl Order {
    /// Reads an order.
    ///
    /// # Errors
    /// See [`OrderError`].
    pub fn of(
        code: Option<&str>,
        nik: Option<&str>,
        reason: &str,
        vault: &Vault,
    ) -> Result<Self, OrderError> {
        let what = match (code, nik) {
            (Some(code), None) => Revoked::Code(ShortCode::parse(code).map_err(OrderError::Code)?),
            (None, Some(nik)) => {
                Revoked::Person(vault.nik_index(&Nik::parse(nik).map_err(OrderError::Nik)?))
            }
            _ => return Err(OrderError::Which),
        };
        let reason = reason.trim();
        if !(4..=200).contains(&reason.chars().count()) {
            return Err(OrderError::Reason);
        }
        Ok(Self { what, reason: reason.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Keys;

    #[test]
    fn an_order_names_one_thing_and_a_reason() {
        let vault = Vault::from_keys(Keys { id: 1, index: [1; 32], seal: [2; 32] });
        let order = |code, nik, reason| Order::of(code, nik, reason, &vault);
        let code = ShortCode::from_random(5);
        let shown = code.shown();
        let nik = "3173014502900001";
        let given = order(Some(&shown), None, " never given ").unwrap();
        assert_eq!(given, Order { what: Revoked::Code(code), reason: "never given".into() });
        assert!(matches!(order(None, Some(nik), "never given").unwrap().what, Revoked::Person(_)));
        assert_eq!(order(None, None, "never given"), Err(OrderError::Which));
        assert_eq!(order(Some("1"), Some(nik), "never given"), Err(OrderError::Which));
        assert_eq!(order(Some("1"), None, "x"), Err(OrderError::Code(CodeError::Length)));
        assert!(matches!(order(None, Some("1"), "never given"), Err(OrderError::Nik(_))));
        assert_eq!(order(None, Some(nik), " x "), Err(OrderError::Reason));
    }
}
