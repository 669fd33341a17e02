//! Claims about bringing tables up to date: what an older version stored is all there afterwards. What new tables are for is claimed elsewhere.

use lockkeeper::clock::Clock;
use lockkeeper::domain::id::{ChangeNumber, ComponentName, Lane};
use lockkeeper::store::Store;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row, SqlSafeStr};

use crate::bench::{Bench, on_both, time_of};

on_both!(tables_of_the_first_version_keep_everything);

/// The tables of version 0001, with what tells their rows apart.
const TABLES: [(&str, &str); 14] = [
    ("lane", "lane"),
    ("inbox", "lane, position"),
    ("journal", "lane, seq"),
    ("journal_text", "lane, seq, name"),
    ("state", "lane"),
    ("outbox", "lane, number"),
    ("subject", "lane, subject"),
    ("timer", "lane, key"),
    ("release", "lane, component, version"),
    ("release_change", "lane, component, version, commit_id"),
    ("change_mirror", "lane, number"),
    ("commit_mirror", "lane, commit_id"),
    ("project", "lane"),
    ("readiness", "name"),
];

async fn tables_of_the_first_version_keep_everything(bench: Bench) {
    let mut old = Old::made(&bench).await;
    let before = old.rows().await;
    assert!(before.iter().all(|rows| !rows.is_empty()), "each table has a row to lose: {before:#?}");
    let time = time_of(&Clock::system());
    let refused = Store::open_unmigrated(&old.url, time.clone(), 2).await;
    assert!(refused.is_err(), "who may not change tables does not work on old ones");
    let store = Store::open(&old.url, time.clone(), 2).await.unwrap();
    assert_eq!(old.rows().await, before);
    // And it is the store's to work with.
    let lane: Lane = "project:github:7".parse().unwrap();
    assert_eq!(store.parked(10).await.unwrap().len(), 1);
    assert_eq!(store.journal(&lane, 1, 10).await.unwrap().len(), 2);
    assert_eq!(store.release_of_change(&lane, ChangeNumber(12)).await.unwrap().len(), 1);
    assert_eq!(store.releases(&lane, &ComponentName::default_component(), 10).await.unwrap().len(), 1);
    assert!(store.past_promotions(&lane, 10).await.unwrap().is_empty());
    let lease = store.claim_lane("worker", crate::bench::LEASE).await.unwrap().expect("something waits");
    assert_eq!(store.head(&lease).await.unwrap().expect("it is there").key, "github:d-3");
    assert!(Store::open_unmigrated(&old.url, time, 2).await.is_ok());
}

/// A database as version 0001 left it.
struct Old {
    url: String,
    connection: AnyConnection,
    is_sqlite: bool,
    /// The columns of each table as version 0001 had them: later ones may have more.
    columns: Vec<Vec<String>>,
}

impl Old {
    async fn made(bench: &Bench) -> Self {
        let url = if bench.is_sqlite() {
            bench.url.replace("store.db", "old.db?mode=rwc")
        } else {
            bench.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
            bench.url.clone()
        };
        let own = match bench.is_sqlite() {
            true => include_str!("../../migrations/0001.sqlite.sql"),
            false => include_str!("../../migrations/0001.postgres.sql"),
        };
        let both = include_str!("../../migrations/0001.sql");
        let sql = AssertSqlSafe(format!("{both}\n{own}")).into_sql_str();
        let first = Migration::new(1, "lockkeeper".into(), MigrationType::Simple, sql, false);
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        Migrator::with_migrations(vec![first]).run_direct(None, &mut connection, false).await.unwrap();
        let rows = include_str!("../../fixtures/migrations/0001.rows.sql");
        // Bytes are the one thing that the two databases spell in their own ways.
        let rows = if bench.is_sqlite() { rows.to_owned() } else { rows.replace("x'", "'\\x") };
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut connection).await.unwrap();
        let mut old = Self { url, connection, is_sqlite: bench.is_sqlite(), columns: Vec::new() };
        for (table, _) in TABLES {
            let columns = old.columns(table).await;
            old.columns.push(columns);
        }
        old
    }

    /// All rows of all tables, each as one text.
    async fn rows(&mut self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for ((table, order), columns) in TABLES.into_iter().zip(&self.columns) {
            let parts: Vec<String> = columns.iter().map(|column| self.as_text(column)).collect();
            let sql = format!("SELECT {} AS line FROM {table} ORDER BY {order}", parts.join(" || ' | ' || "));
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.connection).await.unwrap();
            all.push(rows.iter().map(|row| row.get::<String, _>("line")).collect());
        }
        all
    }

    fn as_text(&self, column: &str) -> String {
        let is_bytes = matches!(column, "body" | "salt" | "value");
        match (is_bytes, self.is_sqlite) {
            (true, true) => format!("COALESCE(hex(\"{column}\"), '-')"),
            (true, false) => format!("COALESCE(encode(\"{column}\", 'hex'), '-')"),
            (false, _) => format!("COALESCE(CAST(\"{column}\" AS TEXT), '-')"),
        }
    }

    async fn columns(&mut self, table: &str) -> Vec<String> {
        let sql = match self.is_sqlite {
            true => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
            false => format!(
                "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns \
                 WHERE table_name = '{table}' AND table_schema = 'public' ORDER BY ordinal_position"
            ),
        };
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.connection).await.unwrap();
        rows.iter().map(|row| row.get("name")).collect()
    }
}
