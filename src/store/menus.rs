//! The versions of menus that were put live.

use std::collections::BTreeMap;

use sqlx::Row;

use super::{Store, StoreError, engine::on_engine};
use crate::clock::Timestamp;

/// One version of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMenu {
    /// The service it is of.
    pub service: String,
    /// Which version.
    pub version: String,
    /// Its files; opaque here.
    pub files: String,
}

/// A version, without its files.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MenuVersion {
    /// The service it is of.
    pub service: String,
    /// Which version.
    pub version: String,
    /// When it was put live last.
    pub live_at: Timestamp,
}

/// Who is to put menus live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordered {
    /// This node alone: it starts, with what it has.
    Here,
    /// Every node that is running.
    Everywhere,
}

/// What every node was ordered to put live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuOrder {
    /// Orders are counted.
    pub serial: i64,
    /// The version of each service.
    pub versions: BTreeMap<String, String>,
}

impl Store {
    /// Keeps versions that are put live `now`, and of each of their services the `most` that were
    /// put live last. Gives the number of the last order to all nodes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn put_menus(
        &self,
        menus: &[StoredMenu],
        ordered: Ordered,
        now: Timestamp,
        most: u32,
    ) -> Result<i64, StoreError> {
        on_engine!(self.begin_tx().await?, |Db, tx| {
            let mut tx = tx;
            for menu in menus {
                sqlx::query::<Db>(
                    "insert into menu (service, version, files, live_at) values ($1, $2, $3, $4) \
                     on conflict (service, version) do update set live_at = excluded.live_at",
                )
                .bind(menu.service.clone())
                .bind(menu.version.clone())
                .bind(menu.files.clone())
                .bind(now.millis())
                .execute(&mut *tx)
                .await?;
                sqlx::query::<Db>(
                    "delete from menu where service = $1 and version not in (select version \
                     from menu where service = $1 order by live_at desc, version limit $2)",
                )
                .bind(menu.service.clone())
                .bind(i64::from(most))
                .execute(&mut *tx)
                .await?;
            }
            if ordered == Ordered::Everywhere {
                let versions: Vec<String> =
                    menus.iter().map(|menu| format!("{} {}", menu.service, menu.version)).collect();
                sqlx::query::<Db>(
                    "insert into menu_order (one, serial, versions) values (1, 1, $1) \
                     on conflict (one) do update set serial = menu_order.serial + 1, \
                     versions = excluded.versions",
                )
                .bind(versions.join("\n"))
                .execute(&mut *tx)
                .await?;
            }
            let serial = sqlx::query_scalar::<Db, i64>("select serial from menu_order")
                .fetch_optional(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok(serial.unwrap_or_default())
        })
    }

    /// The last order to all nodes, if there was one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn menu_order(&self) -> Result<Option<MenuOrder>, StoreError> {
        on_engine!(self.reader(), |Db, pool| {
            let row = sqlx::query::<Db>("select serial, versions from menu_order");
            let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
            let versions: String = row.try_get(1)?;
            let versions = versions.lines().filter_map(|line| line.split_once(' '));
            let versions = versions.map(|(of, version)| (of.to_owned(), version.to_owned()));
            Ok(Some(MenuOrder { serial: row.try_get(0)?, versions: versions.collect() }))
        })
    }

    /// Every version that is kept, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn menu_versions(&self) -> Result<Vec<MenuVersion>, StoreError> {
        let mut versions = Vec::new();
        on_engine!(self.reader(), |Db, pool| {
            let rows = sqlx::query::<Db>(
                "select service, version, live_at from menu order by live_at desc, service",
            );
            for row in rows.fetch_all(pool).await? {
                versions.push(MenuVersion {
                    service: row.try_get(0)?,
                    version: row.try_get(1)?,
                    live_at: Timestamp::from_millis(row.try_get(2)?),
                });
            }
        });
        Ok(versions)
    }

    /// The files of a version, if it is kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn menu_files(
        &self,
        service: &str,
        version: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, String>(
                "select files from menu where service = $1 and version = $2",
            )
            .bind(service.to_owned())
            .bind(version.to_owned())
            .fetch_optional(pool)
            .await?
        }))
    }
}
