//! Rows as PostgreSQL's COPY takes them: no statement is planned, and no parameter is bound.
//!
//! The format is PostgreSQL's own (its manual, "COPY", File Formats, Binary Format): a header, each
//! row with the number of its columns, each column with its length, and a trailer. A column is written
//! as its type is sent: `bigint` as eight octets, `boolean` as one, `text` and `bytea` as they are.

use sqlx::PgConnection;

use super::StoreError;

/// Rows that are ready for COPY.
#[derive(Debug)]
pub(super) struct CopyRows {
    octets: Vec<u8>,
}

impl CopyRows {
    pub(super) fn new() -> Self {
        let mut octets = b"PGCOPY\n\xff\r\n\0".to_vec();
        // No flags, and no more of a header.
        octets.extend([0; 8]);
        Self { octets }
    }

    /// Adds a row; `None` is null.
    pub(super) fn push<const COLUMNS: usize>(&mut self, columns: [Option<&[u8]>; COLUMNS]) {
        self.octets.extend((COLUMNS as i16).to_be_bytes());
        for column in columns {
            // No column comes near the length that does not fit; -1 is null.
            let length =
                column.map_or(-1, |column| i32::try_from(column.len()).unwrap_or(i32::MAX));
            self.octets.extend(length.to_be_bytes());
            self.octets.extend(column.unwrap_or_default());
        }
    }

    /// Sends the rows to a `copy … from stdin (format binary)`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(super) async fn send(
        mut self,
        connection: &mut PgConnection,
        statement: &'static str,
    ) -> Result<(), StoreError> {
        self.octets.extend((-1i16).to_be_bytes());
        let mut copy = connection.copy_in_raw(statement).await?;
        copy.send(self.octets).await?;
        copy.finish().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_as_the_manual_says() {
        let mut rows = CopyRows::new();
        rows.push([Some(&1i64.to_be_bytes()[..]), None, Some(b""), Some(b"id")]);
        let (header, row) = rows.octets.split_at(19);
        assert_eq!(header, b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        let expected = [
            &[0, 4][..],
            &[0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1],
            &[0xff; 4],
            &[0; 4],
            &[0, 0, 0, 2, b'i', b'd'],
        ];
        assert_eq!(row, expected.concat());
    }
}
