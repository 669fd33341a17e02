//! `serve` on PostgreSQL, under the application's role: the owner migrates, the server only works.

use std::time::Duration;

use lockkeeper::clock::Clock;
use lockkeeper::sandbox::Role;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use crate::server::server;
use crate::stage::{Stage, run, until};

async fn execute(url: &str, sql: &str) -> sqlx::Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await?;
    done.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn s30_the_server_works_under_a_role_that_cannot_change_the_journal() {
    let Some(server) = server() else {
        println!("skipped: no `initdb` found, so no PostgreSQL to test on");
        return;
    };
    execute(&server.url("postgres", "postgres"), "CREATE DATABASE lockkeeper").await.unwrap();
    execute(&server.url("postgres", "postgres"), "CREATE ROLE lockkeeper_app LOGIN").await.unwrap();
    let owner = server.url("postgres", "lockkeeper");
    let mut stage = Stage::set(Clock::system()).await;
    stage.database = server.url("lockkeeper_app", "lockkeeper");

    // The tables are not there yet, and this role may not make them.
    let output = stage.run(&["serve"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("LOCKKEEPER_DATABASE_URL") && said.contains("run `lockkeeper db migrate`"),
        "{said}"
    );

    let mut migrate = stage.program(&["db", "migrate"]);
    migrate.env("LOCKKEEPER_DATABASE_URL", &owner);
    assert!(run(migrate).await.status.success());
    execute(&owner, include_str!("../../migrations/roles.postgres.sql")).await.unwrap();

    let running = stage.serve().await;
    let world = &stage.world;
    world.give_role("ana", Role::Write);
    world.install();
    let number = world.open_change("ana", "Sign in with passkeys");
    world.comment("ana", number, "/release plan");
    until("the reply", Duration::from_secs(20), || !world.bot_comments(number).is_empty()).await;
    assert!(running.terminate().await.success(), "{}", stage.log());
    let refused = execute(&stage.database, "UPDATE journal SET hash = ''").await.unwrap_err().to_string();
    assert!(refused.contains("permission denied"), "{refused}");
    assert!(stage.run(&["audit", "verify"]).await.status.success());
}
