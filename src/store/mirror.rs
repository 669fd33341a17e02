//! The mirror: changes, commits and projects as the forge last told. Never journaled, may be dropped; nothing is decided here.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::Store;
use super::database::{Columns, Transaction};
use super::error::Result;
use super::history::{change_number, stored_number};
use crate::domain::id::{ChangeNumber, CommitId, Lane, ProjectPath};

/// So many are asked for in one statement.
const CHUNK: usize = 500;

/// What a unit adds to the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MirrorRow {
    /// A change; an older telling does not replace a newer.
    Change(ChangeMirror),
    /// A commit.
    Commit(CommitMirror),
    /// The policy; the newest reading replaces the one before.
    Policy(PolicyMirror),
}

/// A change as the forge last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMirror {
    /// Its number.
    pub number: ChangeNumber,
    /// When it changed last, as the forge says.
    pub updated_at: Timestamp,
    /// All that was told.
    pub json: String,
}

/// The files of a project's policy as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyMirror {
    /// When.
    pub read_at: Timestamp,
    /// What they say.
    pub json: String,
}

/// A commit as the forge told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitMirror {
    /// Which.
    pub commit: CommitId,
    /// All that was told.
    pub json: String,
}

/// A project as the forge last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    /// What it is called now.
    pub path: ProjectPath,
    /// All else.
    pub json: String,
}

/// A project with its lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its lane.
    pub lane: Lane,
    /// What is known of it.
    pub row: ProjectRow,
}

impl Store {
    /// The changes with these numbers that are known, by number.
    pub async fn changes(&self, lane: &Lane, numbers: &[ChangeNumber]) -> Result<Vec<ChangeMirror>> {
        let mut changes = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(CHUNK) {
            let sql = among(
                "SELECT number, updated_at, json FROM change_mirror WHERE lane = $1 AND number",
                numbers.len(),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string());
            for number in numbers {
                query = query.bind(stored_number(*number)?);
            }
            let rows = query.fetch_all(&mut *self.inner.database.reader().await?).await?;
            for row in &rows {
                changes.push(change(&Columns(row))?);
            }
        }
        changes.sort_by_key(|change| change.number);
        Ok(changes)
    }

    /// The commits with these names that are known, in no order.
    pub async fn commits(&self, lane: &Lane, commits: &[CommitId]) -> Result<Vec<CommitMirror>> {
        let mut found = Vec::with_capacity(commits.len());
        for commits in commits.chunks(CHUNK) {
            let sql = among(
                "SELECT commit_id, json FROM commit_mirror WHERE lane = $1 AND commit_id",
                commits.len(),
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_string());
            for commit in commits {
                query = query.bind(commit.to_string());
            }
            let rows = query.fetch_all(&mut *self.inner.database.reader().await?).await?;
            for row in &rows {
                let row = Columns(row);
                found.push(CommitMirror { commit: row.parsed("commit_id")?, json: row.text("json")? });
            }
        }
        Ok(found)
    }

    /// The policy of a lane's project as it was read last.
    pub async fn policy(&self, lane: &Lane) -> Result<Option<PolicyMirror>> {
        let row =
            sqlx::query("SELECT read_at, json FROM policy_mirror WHERE lane = $1").bind(lane.to_string());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        let policy = |row| {
            let row = Columns(&row);
            Ok(PolicyMirror { read_at: row.time("read_at")?, json: row.text("json")? })
        };
        row.map(policy).transpose()
    }

    /// Every project that is known, by path.
    pub async fn projects(&self) -> Result<Vec<Project>> {
        let rows = sqlx::query("SELECT lane, path, json FROM project ORDER BY path, lane");
        let rows = rows.fetch_all(&mut *self.inner.database.reader().await?).await?;
        rows.iter().map(|row| project(&Columns(row))).collect()
    }

    /// What is known of a lane's project.
    pub async fn project(&self, lane: &Lane) -> Result<Option<Project>> {
        let row = sqlx::query("SELECT lane, path, json FROM project WHERE lane = $1").bind(lane.to_string());
        let row = row.fetch_optional(&mut *self.inner.database.reader().await?).await?;
        row.map(|row| project(&Columns(&row))).transpose()
    }
}

/// `… IN ($2, $3, …)`: the values are bound, only their number is in the text.
fn among(select: &str, count: usize) -> String {
    let places: Vec<String> = (2..count + 2).map(|place| format!("${place}")).collect();
    format!("{select} IN ({})", places.join(", "))
}

pub(super) async fn save(transaction: &mut Transaction, lane: &str, rows: &[MirrorRow]) -> Result<()> {
    for row in rows {
        match row {
            MirrorRow::Change(row) => save_change(transaction, lane, row).await?,
            MirrorRow::Commit(row) => save_commit(transaction, lane, row).await?,
            MirrorRow::Policy(row) => save_policy(transaction, lane, row).await?,
        }
    }
    Ok(())
}

async fn save_change(transaction: &mut Transaction, lane: &str, row: &ChangeMirror) -> Result<()> {
    let sql = "INSERT INTO change_mirror (lane, number, updated_at, json) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (lane, number) DO UPDATE SET updated_at = excluded.updated_at, json = excluded.json \
               WHERE excluded.updated_at >= change_mirror.updated_at";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(stored_number(row.number)?);
    let upsert = upsert.bind(row.updated_at.as_millisecond()).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

async fn save_commit(transaction: &mut Transaction, lane: &str, row: &CommitMirror) -> Result<()> {
    let sql = "INSERT INTO commit_mirror (lane, commit_id, json) VALUES ($1, $2, $3) \
               ON CONFLICT (lane, commit_id) DO UPDATE SET json = excluded.json";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(row.commit.to_string()).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

async fn save_policy(transaction: &mut Transaction, lane: &str, row: &PolicyMirror) -> Result<()> {
    let sql = "INSERT INTO policy_mirror (lane, read_at, json) VALUES ($1, $2, $3) \
               ON CONFLICT (lane) DO UPDATE SET read_at = excluded.read_at, json = excluded.json";
    let upsert =
        sqlx::query(sql).bind(lane.to_owned()).bind(row.read_at.as_millisecond()).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn save_project(transaction: &mut Transaction, lane: &str, row: &ProjectRow) -> Result<()> {
    let sql = "INSERT INTO project (lane, path, json) VALUES ($1, $2, $3) \
               ON CONFLICT (lane) DO UPDATE SET path = excluded.path, json = excluded.json";
    let upsert = sqlx::query(sql).bind(lane.to_owned()).bind(row.path.to_string()).bind(row.json.clone());
    upsert.execute(&mut **transaction).await?;
    Ok(())
}

fn change(row: &Columns<'_>) -> Result<ChangeMirror> {
    Ok(ChangeMirror {
        number: change_number(row.number("number")?)?,
        updated_at: row.time("updated_at")?,
        json: row.text("json")?,
    })
}

fn project(row: &Columns<'_>) -> Result<Project> {
    let known = ProjectRow { path: row.parsed("path")?, json: row.text("json")? };
    Ok(Project { lane: row.parsed("lane")?, row: known })
}
