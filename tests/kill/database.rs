//! The database that the killed server works on, where it is a PostgreSQL server of its own. What is stored there is not looked at here.

use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::server::Server;

/// A new database there.
pub(crate) async fn made(server: &Server) -> String {
    execute(&server.url("postgres", "postgres"), "CREATE DATABASE lockkeeper").await;
    server.url("postgres", "lockkeeper")
}

/// On PostgreSQL the dead may be alive for all that the next one knows, so their leases must run out: 75 s for a lane, 60 s for
/// a call. Here they are dead for certain, so that time passes at once, but for the ten seconds in which a call may still arrive.
pub(crate) async fn time_passes(url: &str) {
    if !url.starts_with("postgres:") {
        return;
    }
    let lanes = "UPDATE lane SET lease_until = 0 WHERE owner IS NOT NULL";
    let calls = "UPDATE outbox SET lease_until = LEAST(lease_until, \
                 (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 10000) WHERE status = 'sending'";
    execute(url, &format!("{lanes}; {calls}")).await;
}

async fn execute(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
