// Cuts a release on a GitHub with @octokit/rest, as somebody who knows nothing of the stand-in would.
//   node octokit_client.mjs ADDRESS TOKEN   (from a folder with @octokit/rest)
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
const module = pathToFileURL(`${process.cwd()}/node_modules/@octokit/rest/dist-src/index.js`);
const { Octokit } = await import(module.href);
const [baseUrl, auth] = process.argv.slice(2);
const api = new Octokit({ baseUrl, auth, userAgent: "somebody", log: { debug() {}, info() {}, warn() {}, error: console.error } });
const at = { owner: "acme", repo: "app" };

assert.equal((await api.rest.repos.get(at)).data.full_name, "acme/app");
const right = await api.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "bob" });
assert.equal(right.data.role_name, "maintain");
const team = await api.rest.teams.listMembersInOrg({ org: "acme", team_slug: "release" });
assert.deepEqual(team.data.map((one) => one.login), ["carol"]);

const file = await api.rest.repos.getContent({ ...at, path: ".github/lockkeeper.yml" });
assert.equal(Buffer.from(file.data.content, "base64").toString(), "cut: tag\n");
const closed = await api.paginate(api.rest.pulls.list, { ...at, state: "closed", per_page: 2 });
assert.equal(closed.filter((one) => one.merged_at).length, 3);
const compared = await api.rest.repos.compareCommitsWithBasehead({ ...at, basehead: "v1.4.0...main" });
assert.equal(compared.data.status, "ahead");
assert.ok(compared.data.total_commits > 0);

const [open] = (await api.rest.pulls.list({ ...at, state: "open" })).data;
const thread = { ...at, issue_number: open.number };
const [first] = (await api.rest.issues.listComments(thread)).data;
assert.equal(first.body, "/release plan");
await api.rest.reactions.createForIssueComment({ ...at, comment_id: first.id, content: "eyes" });
const said = await api.rest.issues.createComment({ ...thread, body: "**Next: v1.5.0**" });
await api.rest.issues.updateComment({ ...at, comment_id: said.data.id, body: "**Next: v1.5.0** (edited)" });

const head = (await api.rest.git.getRef({ ...at, ref: "heads/main" })).data.object.sha;
const check = await api.rest.checks.create({ ...at, name: "release", head_sha: head, status: "completed", conclusion: "success" });
assert.equal(check.data.conclusion, "success");
const tag = await api.rest.git.createTag({ ...at, tag: "v1.5.0", message: "v1.5.0", object: head, type: "commit" });
await api.rest.git.createRef({ ...at, ref: "refs/tags/v1.5.0", sha: tag.data.sha });
await assert.rejects(api.rest.git.createRef({ ...at, ref: "refs/tags/v1.5.0", sha: tag.data.sha }), { status: 422 });
const draft = await api.rest.repos.createRelease({ ...at, tag_name: "v1.5.0", name: "v1.5.0", body: "Notes", draft: true });
const release = { ...at, release_id: draft.data.id };
await api.rest.repos.updateRelease({ ...release, body: "Better notes", draft: false, make_latest: "true" });
assert.equal((await api.rest.repos.getReleaseByTag({ ...at, tag: "v1.5.0" })).data.body, "Better notes");

const asked = { ...at, ref: head, environment: "production", auto_merge: false, required_contexts: [] };
const deployment = await api.rest.repos.createDeployment(asked);
await api.rest.repos.createDeploymentStatus({ ...at, deployment_id: deployment.data.id, state: "success" });
const [status] = (await api.rest.repos.listDeploymentStatuses({ ...at, deployment_id: deployment.data.id })).data;
assert.equal(status.state, "success");
const issue = await api.rest.issues.create({ ...at, title: "v1.5.0 was taken back" });
await api.rest.issues.update({ ...at, issue_number: issue.data.number, state: "closed" });
console.log("@octokit/rest cut v1.5.0");
