// Cuts a release on a GitLab with @gitbeaker/rest, as somebody who knows nothing of the stand-in would.
//   node gitlab_client.mjs ADDRESS TOKEN   (from a folder with @gitbeaker/rest)
import { createRequire } from "node:module";
const require = createRequire(process.cwd() + "/x.js");
const { Gitlab } = require("@gitbeaker/rest");
const assert = require("node:assert/strict");
const [host, token] = process.argv.slice(2);
const api = new Gitlab({ host, token });
const project = "acme/app";

assert.equal((await api.Users.showCurrentUser()).username, "lockkeeper");
assert.equal((await api.Projects.show(project)).path_with_namespace, project);
const [bob] = await api.Users.all({ username: "bob" });
assert.equal((await api.ProjectMembers.show(project, bob.id, { includeInherited: true })).access_level, 40);
assert.equal((await api.Groups.show("acme/release")).full_path, "acme/release");

const file = await api.RepositoryFiles.show(project, ".gitlab/lockkeeper.yml", "main");
assert.equal(Buffer.from(file.content, "base64").toString(), "cut: tag\n");
const merged = await api.MergeRequests.all({ projectId: project, state: "merged", perPage: 2 });
assert.equal(merged.length, 3);
const compared = await api.Repositories.compare(project, "v1.4.0", "main");
assert.ok(compared.commits.length > 0);
const since = await api.Commits.all(project, { refName: "v1.4.0..main" });
assert.equal(since.length, compared.commits.length);
await api.Commits.allMergeRequests(project, since[0].id);

const [first] = await api.MergeRequestNotes.all(project, 4, { sort: "asc" });
assert.equal(first.body, "/release plan");
await api.MergeRequestNoteAwardEmojis.award(project, 4, first.id, "eyes");
const note = await api.MergeRequestNotes.create(project, 4, "**Next: v1.5.0**");
await api.MergeRequestNotes.edit(project, 4, note.id, { body: "**Next: v1.5.0** (edited)" });

const head = (await api.Branches.show(project, "main")).commit.id;
await api.Commits.editStatus(project, head, "success", { name: "release" });
const tag = await api.Tags.create(project, "v1.5.0", head, { message: "v1.5.0" });
assert.notEqual(tag.target, head);
await api.ProjectReleases.create(project, { tagName: "v1.5.0", name: "v1.5.0", description: "Notes", milestones: ["v1.5.0"] });
await api.ProjectReleases.edit(project, "v1.5.0", { description: "Better notes" });
await assert.rejects(api.ProjectReleases.create(project, { tagName: "v1.5.0", description: "again" }));

const actions = [{ action: "create", filePath: "CHANGELOG.md", content: "# v1.5.0\n" }];
const commit = await api.Commits.create(project, "notes", "Notes of v1.5.0", actions, { startSha: head });
await api.Commits.cherryPick(project, commit.id, "main");
await api.Environments.create(project, "production");
const deployment = await api.Deployments.create(project, "production", head, "v1.5.0", true, { status: "running" });
await api.Deployments.edit(project, deployment.id, "success");
const pipeline = await api.Pipelines.create(project, "main", { variables: [{ key: "VERSION", value: "v1.5.0" }] });
const [job] = await api.Jobs.all(project, { pipelineId: pipeline.id });
assert.equal(job.name, "deploy");
await api.Pipelines.cancel(project, pipeline.id);
const issue = await api.Issues.create(project, "v1.5.0 was taken back", { labels: "incident" });
await api.Issues.edit(project, issue.iid, { stateEvent: "close" });
console.log("@gitbeaker/rest cut v1.5.0");
