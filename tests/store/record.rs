//! Claims about history and mirror: they read back, an older telling does not win, and lanes do not see each other.

use jiff::Timestamp;
use lockkeeper::domain::id::{
    ActorId, ChangeNumber, CommitId, ComponentName, EnvironmentName, ProjectPath, PromotionId, TagName,
};
use lockkeeper::store::{
    ChangeMirror, CommitMirror, HistoryRow, MirrorRow, Project, ProjectRow, PromotionRow, ReleaseChangeRow,
    ReleaseRow, Unit,
};

use crate::bench::{Bench, at, done, lane, on_both};

on_both!(
    releases_read_back_newest_first,
    a_change_names_the_releases_that_contain_it,
    an_older_telling_of_a_change_does_not_win,
    commits_and_projects_read_back,
    promotions_that_are_over_read_back_newest_first,
);

async fn save(bench: &Bench, key: &str, unit: impl FnOnce(Unit) -> Unit) {
    bench.hear(&lane(1), key).await;
    let (lease, item) = bench.begin().await;
    bench.store.commit(&lease, unit(done(item.position))).await.unwrap();
    bench.store.release(lease).await.unwrap();
}

fn commit(digit: char) -> CommitId {
    CommitId::parse(digit.to_string().repeat(40)).unwrap()
}

fn release(version: &str, cut_at: Timestamp) -> ReleaseRow {
    ReleaseRow {
        component: ComponentName::default_component(),
        version: version.to_owned(),
        tag: TagName::parse(format!("v{version}")).unwrap(),
        commit: commit('a'),
        status: "cut".to_owned(),
        cut_at,
        json: "{}".to_owned(),
    }
}

fn change_of(version: &str, number: Option<u64>, digit: char) -> HistoryRow {
    HistoryRow::ReleaseChange(ReleaseChangeRow {
        component: ComponentName::default_component(),
        version: version.to_owned(),
        number: number.map(ChangeNumber),
        commit: commit(digit),
        json: "{}".to_owned(),
    })
}

async fn releases_read_back_newest_first(bench: Bench) {
    let (one, two) = (release("1.0.0", at(1)), release("1.1.0", at(2)));
    let history = vec![HistoryRow::Release(one.clone()), HistoryRow::Release(two.clone())];
    save(&bench, "a", |unit| Unit { history, ..unit }).await;
    let default = ComponentName::default_component();
    assert_eq!(bench.store.releases(&lane(1), &default, 10).await.unwrap(), [two.clone(), one.clone()]);
    let withdrawn = ReleaseRow { status: "withdrawn".to_owned(), ..two };
    let history = vec![HistoryRow::Release(withdrawn.clone())];
    save(&bench, "b", |unit| Unit { history, ..unit }).await;
    assert_eq!(bench.store.releases(&lane(1), &default, 1).await.unwrap(), [withdrawn]);
    assert!(bench.store.releases(&lane(2), &default, 10).await.unwrap().is_empty());
}

async fn a_change_names_the_releases_that_contain_it(bench: Bench) {
    let (one, two) = (release("1.0.0", at(1)), release("1.1.0", at(2)));
    let mut history = vec![HistoryRow::Release(two.clone()), HistoryRow::Release(one.clone())];
    history.extend([change_of("1.0.0", Some(7), 'b'), change_of("1.0.0", None, 'c')]);
    history.extend([change_of("1.1.0", Some(7), 'd'), change_of("1.1.0", Some(8), 'e')]);
    save(&bench, "a", |unit| Unit { history, ..unit }).await;
    let own = lane(1);
    let of = |number| bench.store.release_of_change(&own, ChangeNumber(number));
    let (default, of) = (ComponentName::default_component(), [of(7).await, of(8).await, of(9).await]);
    let [seven, eight, nine] = of.map(Result::unwrap);
    assert_eq!((seven, eight, nine), (vec![one, two.clone()], vec![two], vec![]));
    let contained = bench.store.changes_of_release(&lane(1), &default, "1.0.0").await.unwrap();
    let mut numbers: Vec<_> = contained.iter().map(|change| change.number).collect();
    numbers.sort();
    assert_eq!(numbers, [None, Some(ChangeNumber(7))]);
}

async fn an_older_telling_of_a_change_does_not_win(bench: Bench) {
    let told =
        |ms, json: &str| ChangeMirror { number: ChangeNumber(7), updated_at: at(ms), json: json.to_owned() };
    for (key, mirror) in
        [("a", told(10, "new")), ("b", told(5, "old")), ("c", told(10, "same time, told later"))]
    {
        save(&bench, key, |unit| Unit { mirror: vec![MirrorRow::Change(mirror)], ..unit }).await;
        assert_ne!(bench.store.changes(&lane(1), &[ChangeNumber(7)]).await.unwrap()[0].json, "old");
    }
    let numbers: Vec<_> = (0..1_200).map(ChangeNumber).collect();
    assert_eq!(bench.store.changes(&lane(1), &numbers).await.unwrap(), [told(10, "same time, told later")]);
    assert!(bench.store.changes(&lane(1), &[]).await.unwrap().is_empty());
    assert!(bench.store.changes(&lane(2), &numbers).await.unwrap().is_empty());
}

async fn commits_and_projects_read_back(bench: Bench) {
    let mirror = CommitMirror { commit: commit('b'), json: "{\"parents\":[]}".to_owned() };
    let row = ProjectRow { path: ProjectPath::parse("acme/rocket").unwrap(), json: "{}".to_owned() };
    let unit =
        |unit| Unit { mirror: vec![MirrorRow::Commit(mirror.clone())], project: Some(row.clone()), ..unit };
    save(&bench, "a", unit).await;
    assert_eq!(bench.store.commits(&lane(1), &[commit('a'), commit('b')]).await.unwrap(), [mirror]);
    let project = Project { lane: lane(1), row };
    assert_eq!(bench.store.projects().await.unwrap(), std::slice::from_ref(&project));
    assert_eq!(bench.store.project(&lane(1)).await.unwrap(), Some(project));
    assert_eq!(bench.store.lanes().await.unwrap(), [lane(1)]);
}

fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::parse(name).unwrap()
}

/// A promotion that took the journal's rows from ten times its number on.
fn promotion(id: u64, into: &str) -> PromotionRow {
    let asked_row = i64::try_from(id * 10).unwrap();
    PromotionRow {
        id: PromotionId(id),
        component: ComponentName::default_component(),
        environment: environment(into),
        version: "1.5.0".to_owned(),
        kind: "normal".to_owned(),
        revision: 2,
        ended: "succeeded".to_owned(),
        asked_by: Some(ActorId(1)),
        asked_at: at(asked_row),
        asked_row,
        ended_at: at(asked_row + 5),
        ended_row: asked_row + 5,
        approvals: vec![ActorId(2), ActorId(3)],
    }
}

async fn promotions_that_are_over_read_back_newest_first(bench: Bench) {
    let (one, two) = (promotion(1, "staging"), promotion(2, "production"));
    let by_policy = PromotionRow { asked_by: None, approvals: vec![], ..promotion(3, "staging") };
    // The first one asked for may be the last one that ends.
    let one = PromotionRow { ended_row: 50, ended_at: at(50), ..one };
    let history = [&one, &two, &by_policy].map(|row| HistoryRow::Promotion(row.clone())).to_vec();
    save(&bench, "a", |unit| Unit { history, ..unit }).await;
    let own = lane(1);
    let all = bench.store.past_promotions(&own, 10).await.unwrap();
    assert_eq!(all, [one.clone(), by_policy.clone(), two.clone()]);
    assert_eq!(bench.store.past_promotions(&own, 1).await.unwrap(), std::slice::from_ref(&one));
    let staging = environment("staging");
    let into = bench.store.past_promotions_into(&own, &staging, 10).await.unwrap();
    assert_eq!(into, [one.clone(), by_policy]);
    assert_eq!(bench.store.past_promotions_into(&own, &staging, 1).await.unwrap(), [one]);
    assert!(bench.store.past_promotions_into(&own, &environment("stag"), 9).await.unwrap().is_empty());
    assert_eq!(bench.store.past_promotion(&own, PromotionId(2)).await.unwrap(), Some(two.clone()));
    assert_eq!(bench.store.past_promotion(&own, PromotionId(4)).await.unwrap(), None);
    // Rebuilding history writes a row again.
    let history = vec![HistoryRow::Promotion(two.clone())];
    save(&bench, "b", |unit| Unit { history, ..unit }).await;
    assert_eq!(bench.store.past_promotion(&own, PromotionId(2)).await.unwrap(), Some(two));
    assert!(bench.store.past_promotions(&lane(2), 10).await.unwrap().is_empty());
}
