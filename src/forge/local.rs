//! A clone on disk as a source of history and of files as they were committed: a few runs of git, and nothing else in the crate runs a process. What a release is, is not known here.

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::domain::change::RangeCommit;
use crate::domain::id::{CommitId, TagName};
use crate::domain::plan::Graph;
use crate::domain::query::Tag;
use crate::forge::merge::merged;

/// The fields of one commit in git's output, each ended by a NUL: name, parents, author, message.
const FORMAT: &str = "--format=%H%x00%P%x00%an%x00%B";
const FIELDS: usize = 4;

/// Why a clone could not be read. The variants say what the caller does next: mend the path, the name, or the clone.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no git to run.
    #[error("git cannot be started; is it installed?")]
    NoGit(#[source] io::Error),
    /// Git refused: no repository there, or no such commit. Git's own words.
    #[error("git says of {}: {said}", path.display())]
    Refused {
        /// The clone.
        path: PathBuf,
        /// What git wrote to its error output.
        said: String,
    },
    /// Git answered in a way that this version does not understand.
    #[error("git's answer cannot be read: {0}")]
    Corrupt(&'static str),
}

/// The history of one commit, read once. Texts stay in git's own output; everything else is an index into it.
#[derive(Debug)]
pub struct History {
    output: Vec<u8>,
    commits: Vec<Fields>,
    /// Indices of the commits by their names.
    by_name: Vec<u32>,
    graph: Graph,
    tags: Vec<Tag>,
    /// Whether the clone lacks older history (`git clone --depth`).
    pub is_shallow: bool,
}

/// Where the texts of one commit lie in git's output.
#[derive(Debug)]
struct Fields {
    name: Range<u32>,
    author: Range<u32>,
    message: Range<u32>,
}

impl History {
    /// Reads the history of a revision: one `git log` for commits, one `git for-each-ref` for tags.
    pub fn read(clone: &Path, revision: &str) -> Result<Self, ReadError> {
        Self::read_of(clone, &[revision])
    }

    /// Reads what a revision has and a tag lacks, in a time that the rest of the history does not add to.
    pub fn read_after(clone: &Path, revision: &str, tag: &str) -> Result<Self, ReadError> {
        Self::read_of(clone, &[revision, &format!("^refs/tags/{tag}")])
    }

    fn read_of(clone: &Path, revisions: &[&str]) -> Result<Self, ReadError> {
        let options = ["--date-order", "--no-show-signature", "--no-color", FORMAT, "--end-of-options"];
        let log: Vec<&str> =
            ["log", "-z"].iter().chain(&options).chain(revisions).chain(&["--"]).copied().collect();
        let refs =
            ["for-each-ref", "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)", "refs/tags"];
        let output = git(clone, &log)?;
        let tags = read_tags(&git(clone, &refs)?);
        let is_shallow = [".git/shallow", "shallow"].iter().any(|file| clone.join(file).exists());
        Self::parse(output, tags, is_shallow)
    }

    fn parse(output: Vec<u8>, tags: Vec<Tag>, is_shallow: bool) -> Result<Self, ReadError> {
        let ends = output.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(at, _)| at);
        let mut fields = Vec::new();
        let mut start = 0;
        for end in ends {
            fields.push(narrow(start)?..narrow(end)?);
            start = end + 1;
        }
        if start != output.len() || fields.len() % FIELDS != 0 {
            return Err(ReadError::Corrupt("it ends in the middle of a commit"));
        }
        let text = |field: &Range<u32>| &output[field.start as usize..field.end as usize];
        let mut by_name: Vec<u32> = (0..narrow(fields.len() / FIELDS)?).collect();
        let name = |at: u32| text(&fields[at as usize * FIELDS]);
        by_name.sort_unstable_by_key(|at| name(*at));
        let find =
            |wanted: &[u8]| by_name.binary_search_by_key(&wanted, |at| name(*at)).ok().map(|at| by_name[at]);
        let parents = fields
            .chunks_exact(FIELDS)
            .map(|commit| text(&commit[1]).split(|byte| *byte == b' ').filter_map(find));
        let graph = Graph::new(parents);
        let commits = fields
            .chunks_exact(FIELDS)
            .map(|commit| Fields {
                name: commit[0].clone(),
                author: commit[2].clone(),
                message: commit[3].clone(),
            })
            .collect();
        Ok(Self { commits, by_name, graph, tags, is_shallow, output })
    }

    /// The graph of the commits; index 0 is the revision that was read, children come before parents.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// All tags of the clone that stand on commits, also those that this history does not reach.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// A commit's index; `None`: this history does not hold it.
    pub fn find(&self, commit: &CommitId) -> Option<u32> {
        let wanted = commit.as_str().as_bytes();
        let name = |at: &u32| self.text(&self.commits[*at as usize].name);
        self.by_name.binary_search_by_key(&wanted, name).ok().map(|at| self.by_name[at])
    }

    /// A commit's name.
    pub fn name(&self, at: u32) -> CommitId {
        let name = String::from_utf8_lossy(self.text(&self.commits[at as usize].name));
        CommitId::parse(name).expect("git's %H is a full name")
    }

    /// Commits as a plan reads them. A clone knows no change, no label and no reviewer.
    pub fn commits(&self, indices: &[u32]) -> Vec<RangeCommit> {
        indices.iter().map(|at| self.commit(*at)).collect()
    }

    fn commit(&self, at: u32) -> RangeCommit {
        let fields = &self.commits[at as usize];
        let message = String::from_utf8_lossy(self.text(&fields.message)).into_owned();
        RangeCommit {
            id: self.name(at),
            parents: self.graph.parents(at).iter().map(|parent| self.name(*parent)).collect(),
            merges: merged(&message),
            message,
            author: String::from_utf8_lossy(self.text(&fields.author)).into_owned(),
            change: None,
            reviewers: Vec::new(),
            writers: None,
            paths: None,
        }
    }

    fn text(&self, field: &Range<u32>) -> &[u8] {
        &self.output[field.start as usize..field.end as usize]
    }
}

/// The files that each commit of a range touches, by the commit's name; a merge brings nothing of its own. One run of git.
pub fn touched(
    clone: &Path,
    head: &CommitId,
    base: Option<&CommitId>,
) -> Result<HashMap<CommitId, Vec<String>>, ReadError> {
    let range = base.map_or_else(|| head.to_string(), |base| format!("{base}..{head}"));
    let log = [
        "log",
        "-z",
        "--name-only",
        "--no-renames",
        "--no-show-signature",
        "--no-color",
        "--format=%x01%H",
        "--end-of-options",
        &range,
        "--",
    ];
    read_touched(&git(clone, &log)?)
}

/// `\x01NAME`, then a line break and the paths, each ended by a NUL.
fn read_touched(output: &[u8]) -> Result<HashMap<CommitId, Vec<String>>, ReadError> {
    let mut touched: HashMap<CommitId, Vec<String>> = HashMap::new();
    let mut commit: Option<CommitId> = None;
    for piece in output.split(|byte| *byte == 0) {
        let piece = String::from_utf8_lossy(piece);
        let text = piece.trim_start_matches('\n');
        if let Some(name) = text.strip_prefix('\u{1}') {
            let name = CommitId::parse(name).map_err(|_| ReadError::Corrupt("a commit without a name"))?;
            touched.entry(name.clone()).or_default();
            commit = Some(name);
        } else if let (false, Some(commit)) = (text.is_empty(), &commit) {
            touched.entry(commit.clone()).or_default().push(text.to_owned());
        }
    }
    Ok(touched)
}

/// The first of these files that a commit holds, with its text; the working tree is not looked at.
pub fn file<'a>(
    clone: &Path,
    commit: &CommitId,
    paths: &[&'a str],
) -> Result<Option<(&'a str, String)>, ReadError> {
    for path in paths {
        let listed = git(clone, &["ls-tree", "-z", "--full-tree", commit.as_str(), "--", path])?;
        if let Some(blob) = blob_in(&listed) {
            let text = git(clone, &["cat-file", "blob", blob])?;
            return Ok(Some((path, String::from_utf8_lossy(&text).into_owned())));
        }
    }
    Ok(None)
}

/// The object of a file in the answer of `ls-tree`; a folder, a symbolic link or a submodule is none.
fn blob_in(listed: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(listed).ok()?;
    let (mode, rest) = line.split_once(" blob ")?;
    mode.starts_with("100").then(|| rest.split_once('\t').map_or(rest, |(object, _)| object))
}

fn narrow(at: usize) -> Result<u32, ReadError> {
    u32::try_from(at).map_err(|_| ReadError::Corrupt("the history is larger than 4 GiB"))
}

fn read_tags(output: &[u8]) -> Vec<Tag> {
    let tag = |line: &[u8]| -> Option<Tag> {
        let line = std::str::from_utf8(line).ok()?;
        let mut fields = line.split('\0');
        let (name, object, peeled) = (fields.next()?, fields.next()?, fields.next()?);
        let commit = if peeled.is_empty() { object } else { peeled };
        Some(Tag { name: TagName::parse(name).ok()?, commit: CommitId::parse(commit).ok()? })
    };
    output.split(|byte| *byte == b'\n').filter_map(tag).collect()
}

/// Runs git in a clone and takes what it writes. Nothing of the clone's configuration may start another program.
fn git(clone: &Path, arguments: &[&str]) -> Result<Vec<u8>, ReadError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(clone).args([
        "-c",
        "i18n.logOutputEncoding=UTF-8",
        "-c",
        "core.fsmonitor=false",
        "--no-pager",
    ]);
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"] {
        command.env_remove(variable);
    }
    // A partial clone would fetch what it lacks, by whatever its configuration names.
    command.env("GIT_ALLOW_PROTOCOL", "none").env("GIT_NO_LAZY_FETCH", "1");
    let output = command.args(arguments).stdin(Stdio::null()).output().map_err(ReadError::NoGit)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(ReadError::Refused { path: clone.to_owned(), said })
    }
}

#[cfg(test)]
mod tests;
