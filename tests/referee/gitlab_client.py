# Cuts a release on a GitLab with python-gitlab, as somebody who knows nothing of the stand-in would.
#   python gitlab_client.py ADDRESS TOKEN
import sys

import gitlab

gl = gitlab.Gitlab(sys.argv[1], private_token=sys.argv[2])
gl.auth()
assert gl.user.username == "lockkeeper", gl.user.username
assert gl.version()[0].startswith("19."), gl.version()
project = gl.projects.get("acme/app")
assert project.path_with_namespace == "acme/app"
assert gl.projects.get(project.id).id == project.id

bob = next(gl.users.list(username="bob", iterator=True))
assert project.members_all.get(bob.id).access_level == gitlab.const.AccessLevel.MAINTAINER
group = gl.groups.get("acme/release")
assert [member.username for member in group.members_all.list(get_all=True)] == ["carol"]

text = project.files.get(".gitlab/lockkeeper.yml", ref="main").decode()
assert text == b"cut: tag\n", text
assert project.files.raw(".gitlab/lockkeeper.yml", ref="main") == b"cut: tag\n"

merged = project.mergerequests.list(state="merged", order_by="updated_at", per_page=2, get_all=True)
assert len(merged) == 3, merged
compared = project.repository_compare("v1.4.0", "main")
assert compared["commits"], compared
since = project.commits.list(ref_name="v1.4.0..main", get_all=True)
assert {commit.id for commit in since} == {commit["id"] for commit in compared["commits"]}
assert any(project.commits.get(commit.id).merge_requests() for commit in since)
assert [one.name for one in project.tags.list(get_all=True)][0].startswith("v1.4.")

change = project.mergerequests.get(4)
assert change.approvals.get().approved_by[0]["user"]["username"] == "carol"
first = change.notes.list(sort="asc", get_all=True)[0]
assert first.body == "/release plan"
first.awardemojis.create({"name": "eyes"})
note = change.notes.create({"body": "**Next: v1.5.0**"})
note.body = "**Next: v1.5.0** (edited)"
note.save()
line = next(one for one in change.discussions.list(get_all=True) if not one.attributes["individual_note"])
line.notes.create({"body": "because"})

milestone = project.milestones.list(title="v1.5.0", get_all=True)[0]
assert [one.iid for one in milestone.merge_requests(get_all=True)] == [1]
head = project.branches.get("main").commit["id"]
project.commits.get(head).statuses.create({"state": "success", "name": "release"})
tag = project.tags.create({"tag_name": "v1.5.0", "ref": head, "message": "v1.5.0"})
assert tag.message == "v1.5.0" and tag.target != head
release = project.releases.create({"tag_name": "v1.5.0", "name": "v1.5.0", "description": "Notes", "milestones": ["v1.5.0"]})
release.description = "Better notes"
release.save()
try:
    project.releases.create({"tag_name": "v1.5.0", "description": "again"})
    raise SystemExit("a second release of a tag was let through")
except gitlab.GitlabCreateError as refused:
    assert refused.response_code == 409, refused

files = [{"action": "create", "file_path": "CHANGELOG.md", "content": "# v1.5.0\n"}]
commit = project.commits.create(
    {"branch": "notes", "start_sha": head, "commit_message": "Notes of v1.5.0", "actions": files})
commit.cherry_pick(branch="main")

environment = project.environments.create({"name": "production"})
deployment = project.deployments.create(
    {"environment": "production", "sha": head, "ref": "v1.5.0", "tag": True, "status": "running"})
deployment.status = "success"
deployment.save()
assert project.deployments.list(environment="production", get_all=True)[0].status == "success"

pipeline = project.pipelines.create({"ref": "main", "inputs": {"version": "v1.5.0"}})
assert pipeline.jobs.list(get_all=True)[0].name == "deploy"
pipeline.cancel()
tagged = project.pipelines.list(ref="v1.4.1", get_all=True)[0]
manual = tagged.jobs.list(scope="manual", get_all=True)[0]
project.jobs.get(manual.id, lazy=True).play()
issue = project.issues.create({"title": "v1.5.0 was taken back", "labels": ["incident"]})
issue.state_event = "close"
issue.save()
assert project.issues.get(issue.iid).state == "closed"
print("python-gitlab cut v1.5.0")
