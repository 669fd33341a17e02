# Judges webhook payloads by pydantic-gitlab-webhooks.
#   python gitlab_hooks.py FILE   (FILE: [{header, body}])
# Prints one line per fault and exits 1 if there is any. What the package demands and GitLab does not send is listed with its reason.
import json
import sys

from pydantic import ValidationError
from pydantic_gitlab_webhooks import validate_event_header_and_body_dict

# The package has no model of these: milestone webhooks came with 18.2, and system hooks are told of under one name.
UNKNOWN = {"Milestone Hook", "System Hook"}
# Fields that the package demands although GitLab sends null or leaves them out: a deployment that no job made, a ref that was
# deleted, a job that has no runner yet, a pipeline that no other one started, a membership without an end.
OPTIONAL = {"deployable_id", "deployable_url", "checkout_sha", "runner", "source_pipeline", "expires_at"}

faults, judged = 0, 0
for case in json.load(open(sys.argv[1])):
    if case["header"] in UNKNOWN:
        continue
    judged += 1
    # The package trips over a null here instead of saying that it wants a date.
    if case["body"].get("expires_at", "") is None:
        del case["body"]["expires_at"]
    try:
        validate_event_header_and_body_dict(case["header"], case["body"])
    except ValidationError as error:
        for one in error.errors():
            if one["loc"][-1] in OPTIONAL:
                continue
            # Of the kinds of a note, one must fit; the others are no faults.
            kinds = {"CommitNoteEvent", "IssueNoteEvent", "MergeRequestNoteEvent", "SnippetNoteEvent"}
            other = kinds & set(map(str, one["loc"]))
            wanted = "MergeRequestNoteEvent" if "merge_request" in case["body"] else "IssueNoteEvent"
            if other and wanted not in other:
                continue
            faults += 1
            print(f"{case['header']}: {'.'.join(map(str, one['loc']))}: {one['msg']}")
print(f"{judged} payloads judged, {faults} faults")
sys.exit(1 if faults else 0)
