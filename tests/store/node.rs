//! What nodes tell each other by their rows.

use crate::bed::{at, both};

#[tokio::test]
async fn an_account_is_served_while_a_node_says_so() {
    for bed in both().await {
        let (store, shared) = (&bed.store, bed.store.is_shared());
        let serves = ["telco".to_owned(), "whatsapp".to_owned()];
        store.beat("one", 1, &serves, at(0)).await.unwrap();
        store.beat("two", 1, &serves[..1], at(5)).await.unwrap();
        // Whoever has a database alone is not served by others, whatever rows are left.
        assert_eq!(store.is_served("whatsapp", at(5)).await.unwrap(), shared);
        assert!(!store.is_served("what", at(5)).await.unwrap());
        // The node was killed.
        assert!(!store.is_served("whatsapp", at(10)).await.unwrap());
        assert_eq!(store.is_served("telco", at(10)).await.unwrap(), shared);
        store.forget_node("two", at(10)).await.unwrap();
        assert!(!store.is_served("telco", at(10)).await.unwrap());
    }
}
