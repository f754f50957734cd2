//! What every turn leaves behind is deleted as fast as it comes.

use sqlx::{Connection, SqliteConnection};

use crate::{node::Node, site::Site};

/// More than one piece of a sweep.
const LEFT: u64 = 2300;

#[tokio::test(flavor = "multi_thread")]
async fn one_sweep_deletes_as_much_as_there_is() {
    // The first sweep is at once, and the next one in an hour.
    let site = Site::on_sqlite().await.configured("conversation.sweep_seconds = 3600\n");
    let file = site.folder().join("setara.db");
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display()))
        .await
        .expect("the database that the sample is in");
    sqlx::query(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1) \
         insert into receipt (key, reply, keep_until) select randomblob(16), x'00', 1 from n",
    )
    .bind(i64::try_from(LEFT).unwrap())
    .execute(&mut database)
    .await
    .expect("rows");
    database.close().await.expect("closed");

    let node = Node::start(&site.config()).await;
    let deleted = format!("setara_swept_total{{what=\"purged\"}} {LEFT}");
    let mut metrics = String::new();
    for _ in 0..600 {
        metrics = node.get("/metrics").await.1;
        if metrics.contains(&deleted) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(metrics.contains(&deleted), "{metrics}");
    node.is_well().await;
    node.stop().await;
}
