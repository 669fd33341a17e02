//! Release-drafter's tables: its rules as we read them, and what our own plan makes of the same pull requests by the imported policy. What the importer says of a file is tested beside it.

use std::collections::BTreeMap;

use lockkeeper::config::import::release_drafter::draft::Run;
use lockkeeper::config::import::release_drafter::number::{Named, Numbering, Step, Wished};
use lockkeeper::config::import::release_drafter::previous::{self, Release};
use lockkeeper::config::import::release_drafter::replacer::Replacer;
use lockkeeper::config::import::release_drafter::rules::{self, Increment, Person, PullRequest};
use lockkeeper::config::import::release_drafter::template::escaped;
use lockkeeper::config::import::release_drafter::{Configuration, PATH};
use lockkeeper::config::import::{Remark, Touches};
use lockkeeper::domain::plan::OTHER;
use lockkeeper::domain::policy::has_label;
use lockkeeper::domain::version::Version;
use serde_json::{Value, json};

use super::planned::{Merged, plan, sections as planned_sections};
use super::table::{folder, read};
use super::tally::{check, same, texts};

const REPOSITORY: &str = "toolmantim/release-drafter-test-project";

/// Where the warning begins that it adds by itself where there was no release before; its words are not ours to repeat.
const WARNING: &str = "\n---\n> [!WARNING]";

fn configuration(text: &str) -> Configuration {
    Configuration::read(PATH, text, &|_| None).unwrap_or_else(|report| panic!("{report}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn request(value: &Value) -> PullRequest {
    PullRequest {
        number: value["number"].as_u64().unwrap_or_default(),
        title: text(&value["title"]),
        body: text(&value["body"]),
        url: text(&value["url"]),
        author: person(&value["author"], &value["author_type"]),
        committers: Vec::new(),
        labels: texts(&value["labels"]),
        files: texts(&value["changed_files"]),
        merged_at: value["merged_at"].as_str().map(|at| at.parse().unwrap()),
        base: text(&value["base_ref"]),
        head: text(&value["head_ref"]),
    }
}

fn person(login: &Value, kind: &Value) -> Person {
    let known = Person::of_login(login.as_str().unwrap_or_default());
    Person { is_bot: known.is_bot || kind == "Bot", ..known }
}

fn release(value: &Value) -> Release {
    let is = |key: &str| value[key].as_bool().unwrap_or_default();
    Release {
        tag: text(&value["tag_name"]),
        name: text(&value["name"]),
        commitish: text(&value["target_commitish"]),
        created_at: value["created_at"].as_str().map(|at| at.parse().unwrap()),
        is_draft: is("draft"),
        is_prerelease: is("prerelease"),
    }
}

/// A file of the folder of raw payloads.
fn raw(path: &str) -> String {
    let file = folder().unwrap().join("release-drafter/raw").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()))
}

fn raw_json(path: &str) -> Value {
    serde_json::from_str(&raw(path)).unwrap()
}

/// Who wrote the commits of each pull request, by its number.
fn committers(case: &Value) -> BTreeMap<u64, Vec<Person>> {
    let mut found: BTreeMap<u64, Vec<Person>> = BTreeMap::new();
    for answer in case["graphql"].as_array().into_iter().flatten() {
        let payload = raw_json(answer["payload_file"].as_str().unwrap());
        let commits = &payload["data"]["repository"]["ref"]["compare"]["commits"]["nodes"];
        for commit in commits.as_array().into_iter().flatten() {
            let login = &commit["author"]["user"]["login"];
            let brought = commit["associatedPullRequests"]["nodes"].as_array().into_iter().flatten();
            let brought = brought.filter(|request| request["baseRepository"]["nameWithOwner"] == REPOSITORY);
            for number in brought.filter_map(|request| request["number"].as_u64()) {
                found.entry(number).or_default().extend(login.as_str().map(Person::of_login));
            }
        }
    }
    found
}

/// The pull requests of a case, with their files and the people of their commits.
fn requests(case: &Value) -> Vec<PullRequest> {
    let people = committers(case);
    let flattened = case["normalized"]["pull_requests"].as_array().into_iter().flatten();
    let with_people = |value: &Value| {
        let known = request(value);
        let files = texts(&case["pr_changed_files"][known.number.to_string()]);
        let committers = people.get(&known.number).cloned().unwrap_or_default();
        PullRequest { files, committers, ..known }
    };
    flattened.map(with_people).collect()
}

fn releases(case: &Value) -> Vec<Release> {
    let files = texts(&case["releases"]);
    let read = |(at, file): (usize, &String)| {
        let mut value = raw_json(file);
        for (key, changed) in case["release_overrides"][at].as_object().into_iter().flatten() {
            value[key] = changed.clone();
        }
        release(&value)
    };
    files.iter().enumerate().map(read).collect()
}

#[test]
fn its_releases_are_written_as_it_writes_them() {
    let Some(table) = read("release-drafter/e2e-cases.json") else { return };
    check("release-drafter e2e", table["cases"].as_array().unwrap(), &[], |case| {
        let configuration = configuration(&raw(case["config"].as_str().unwrap()));
        let event = raw_json(case["event"].as_str().unwrap());
        let input = |key: &str| case["inputs"][key].as_str().map(str::to_owned);
        let (requests, releases) = (requests(case), releases(case));
        let draft = configuration.draft(&Run {
            repository: REPOSITORY,
            commitish: event["ref"].as_str().unwrap(),
            wished: Wished { version: input("version"), tag: input("tag"), name: input("name") },
            is_prerelease: input("prerelease").map(|word| word == "true"),
            releases: &releases,
            requests: &requests,
            newcomers: &[],
        });
        let wanted = &case["expected"]["payload"];
        let body = text(&wanted["body"]);
        let (body, has_warning) = match body.split_once(WARNING) {
            Some((body, _)) => (body.to_owned(), true),
            None => (body, false),
        };
        same("body", &draft.body, &body)?;
        same("no baseline", &draft.has_no_baseline, &has_warning)?;
        same("name", &draft.name, &text(&wanted["name"]))?;
        same("tag", &draft.tag, &text(&wanted["tag_name"]))?;
        same("pre-release", &draft.is_prerelease, &wanted["prerelease"].as_bool().unwrap())?;
        same("latest", &draft.make_latest, &text(&wanted["make_latest"]))?;
        same("branch", &draft.commitish, &text(&wanted["target_commitish"]))?;
        same("goes on", &draft.goes_on, &text(&case["expected"]["request"]).starts_with("PATCH"))
    });
}

/// A label that keeps a change out of our notes in every project, and out of its notes only where its file says so.
const ALWAYS_OUT: &str = "skip-changelog";

#[test]
fn our_plan_by_the_imported_policy_agrees_where_nothing_was_remarked() {
    let Some(table) = read("release-drafter/e2e-cases.json") else { return };
    let mut compared = 0;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for case in table["cases"].as_array().unwrap() {
        let configuration = configuration(&raw(case["config"].as_str().unwrap()));
        let imported = configuration.imported();
        let is_serious = |remark: &&Remark| matches!(remark.touches, Touches::Contents | Touches::Version);
        if let Some(remark) = imported.remarks.iter().find(is_serious) {
            *reasons.entry(format!("{}: {}", remark.what, remark.why)).or_default() += 1;
            continue;
        }
        let mut requests = requests(case);
        requests.sort_by_key(|request| request.merged_at);
        let releases = releases(case);
        let last = previous::found(&releases, &configuration, "refs/heads/master", false).last;
        let named = last.map(|last| Named { tag: last.tag.clone(), name: last.name.clone() });
        let version = named.as_ref().and_then(|named| configuration.numbering.version_of(named));
        let version = version.map(|version| Version::parse(&version.to_string()).unwrap());
        let kept = rules::kept(&configuration.categories, &requests);
        let step = Step::Final(rules::increment(&configuration.categories, &kept));
        let theirs = configuration.numbering.variables(&Wished::default(), named.as_ref(), step);
        let merged: Vec<Merged> = requests.iter().map(merged).collect();
        let ours = plan(imported.layer, None, version, &merged);
        let name = case["name"].as_str().unwrap();
        assert_eq!(planned_sections(&ours), their_sections(&configuration, &kept), "{name}");
        let is_out = |request: &&PullRequest| has_label(&request.labels, ALWAYS_OUT);
        if kept.iter().any(|request| !is_out(request)) {
            let resolved = theirs.get("RESOLVED_VERSION").unwrap();
            assert_eq!(ours.version.unwrap().to_string(), resolved, "{name}");
        }
        compared += 1;
    }
    println!(
        "release-drafter: our plan agrees in {compared} cases; not compared, because the importer says what differs:"
    );
    reasons.iter().for_each(|(reason, count)| println!("  {count} x {reason}"));
    assert!(compared >= 25, "{compared} cases were compared");
}

fn merged(request: &PullRequest) -> Merged {
    Merged {
        number: request.number,
        title: request.title.clone(),
        labels: request.labels.clone(),
        author: request.author.login.clone(),
    }
}

/// Its sections as ours are: the untitled list stands last under Other, and what is always out here is out.
fn their_sections(configuration: &Configuration, kept: &[&PullRequest]) -> Vec<(String, Vec<u64>)> {
    let sorted = rules::sorted(&configuration.categories, kept);
    let numbers = |list: &[&PullRequest]| -> Vec<u64> {
        list.iter()
            .filter(|request| !has_label(&request.labels, ALWAYS_OUT))
            .map(|request| request.number)
            .collect()
    };
    let titled = sorted.sections.iter().map(|(category, list)| (category.title.clone(), numbers(list)));
    // A file without sections is one list; as a policy it is one section.
    let others = if sorted.sections.is_empty() { "Changes" } else { OTHER };
    let others = std::iter::once((others.to_owned(), numbers(&sorted.others)));
    titled.chain(others).filter(|(_, numbers)| !numbers.is_empty()).collect()
}

#[test]
fn its_categories_take_what_they_take_there() {
    let Some(table) = read("release-drafter/category-cases.json") else { return };
    check("release-drafter categories", table["cases"].as_array().unwrap(), &[], |case| {
        let listed = |categories: &Value| configuration(&json!({ "categories": categories }).to_string());
        let requests = |list: &Value| -> Vec<PullRequest> {
            list.as_array().into_iter().flatten().map(request).collect()
        };
        match case["kind"].as_str().unwrap() {
            "condition" => {
                let only = listed(&json!([{ "type": "pre-include", "when": case["condition"] }]));
                let is_kept = !rules::kept(&only.categories, &[request(&case["pr"])]).is_empty();
                same("takes it", &is_kept, &case["expected"].as_bool().unwrap())
            }
            "categorize" => {
                let configuration = listed(&case["categories"]);
                let requests = requests(&case["pull_requests"]);
                same("sections", &sections(&configuration, &requests), &case["expected"])
            }
            "version-increment" => {
                let configuration = listed(&case["categories"]);
                let requests = requests(&case["pull_requests"]);
                let kept = rules::kept(&configuration.categories, &requests);
                let found = rules::increment(&configuration.categories, &kept);
                same("increment", &found, &increment(case["expected"].as_str().unwrap()))
            }
            other => Err(format!("no such kind of case: {other}")),
        }
    });
}

/// The places of the pull requests by the place of their category, as the table has them.
fn sections(configuration: &Configuration, requests: &[PullRequest]) -> Value {
    let kept = rules::kept(&configuration.categories, requests);
    let sorted = rules::sorted(&configuration.categories, &kept);
    let places = |list: &[&PullRequest]| -> Vec<usize> {
        list.iter().map(|own| requests.iter().position(|other| std::ptr::eq(other, *own)).unwrap()).collect()
    };
    let mut found = serde_json::Map::new();
    for (at, (_, list)) in sorted.sections.iter().enumerate().filter(|(_, (_, list))| !list.is_empty()) {
        found.insert(at.to_string(), json!(places(list)));
    }
    if !sorted.others.is_empty() {
        found.insert("uncategorized".to_owned(), json!(places(&sorted.others)));
    }
    Value::Object(found)
}

fn increment(word: &str) -> Increment {
    match word {
        "major" => Increment::Major,
        "minor" => Increment::Minor,
        _ => Increment::Patch,
    }
}

#[test]
fn its_versions_are_counted_as_it_counts_them() {
    let Some(table) = read("release-drafter/version-cases.json") else { return };
    check("release-drafter versions", table["cases"].as_array().unwrap(), &[], |case| {
        let numbering: Numbering = configuration(&case["config"].to_string()).numbering;
        let input = |key: &str| case["input"][key].as_str().map(str::to_owned);
        let wished = Wished { version: input("version"), tag: input("tag"), name: input("name") };
        let last = case["lastRelease"]
            .as_object()
            .map(|last| Named { tag: text(&last["tag_name"]), name: text(&last["name"]) });
        let word = case["versionKeyIncrement"].as_str().unwrap();
        let step = match word.strip_prefix("pre") {
            Some("release") => Step::Next,
            Some(word) => Step::Before(increment(word)),
            None => Step::Final(increment(word)),
        };
        let variables = numbering.variables(&wished, last.as_ref(), step);
        for (name, value) in case["expected"].as_object().unwrap() {
            same(name, &variables.get(&name[1..]), &value.as_str())?;
        }
        Ok(())
    });
}

#[test]
fn it_goes_on_from_the_same_release() {
    let Some(table) = read("release-drafter/previous-release-cases.json") else { return };
    check("release-drafter previous release", table["cases"].as_array().unwrap(), &[], |case| {
        let parameters = &case["params"];
        let configuration = configuration(&parameters.to_string());
        let releases: Vec<Release> = case["releases"].as_array().unwrap().iter().map(release).collect();
        let commitish = parameters["commitish"].as_str().unwrap();
        let is_prerelease = parameters["prerelease"].as_bool().unwrap();
        let found = previous::found(&releases, &configuration, commitish, is_prerelease);
        let tag = |release: Option<&Release>| release.map(|release| release.tag.clone());
        for (key, wanted) in case["expected"].as_object().unwrap() {
            let found = if key == "lastRelease" { found.last } else { found.draft };
            same(key, &tag(found), &wanted.as_str().map(str::to_owned))?;
        }
        Ok(())
    });
}

#[test]
fn its_titles_are_escaped_as_it_escapes_them() {
    let Some(table) = read("release-drafter/escape-and-replacer-cases.json") else { return };
    let titles = texts(&table["title_escapes"]["titles"]);
    check("release-drafter escapes", table["title_escapes"]["cases"].as_array().unwrap(), &[], |case| {
        let listed = case["escapes"].as_str().unwrap();
        let found: Vec<String> = titles.iter().map(|title| escaped(title, listed)).collect();
        same(listed, &found, &texts(&case["out"]))
    });
}

#[test]
fn its_replacers_replace_what_they_replace_there() {
    let Some(table) = read("release-drafter/escape-and-replacer-cases.json") else { return };
    check("release-drafter replacers", table["replacers"].as_array().unwrap(), &[], |case| {
        let replacers = case["replacers"].as_array().unwrap().iter();
        let read =
            |one: &Value| Replacer::read(one["search"].as_str().unwrap(), one["replace"].as_str().unwrap());
        let found = replacers.map(read).fold(text(&case["in"]), |text, replacer| replacer.apply(&text));
        same("text", &found, &text(&case["out"]))
    });
}
