// Judges GraphQL documents and the answers to them by GitHub's own schema.
//   node graphql_check.mjs FILE   (from a folder with @octokit/graphql-schema; FILE: [{query, answer}])
// Prints one line per fault and exits 1 if there is any.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const require = createRequire(process.cwd() + "/x.js");
const { buildSchema, parse, validate, isNonNullType, isListType, isAbstractType, isObjectType,
  isEnumType, isScalarType } = require("graphql");
const schema = buildSchema(readFileSync("node_modules/@octokit/graphql-schema/schema.graphql", "utf8"), { assumeValidSDL: true });
let faults = 0;
const fault = (text) => { faults++; console.log(text); };

function judge(value, type, set, path, fragments) {
  if (isNonNullType(type)) { if (value === null || value === undefined) return fault(`${path}: null where ${type} is promised`); return judge(value, type.ofType, set, path, fragments); }
  if (value === null || value === undefined) return;
  if (isListType(type)) { if (!Array.isArray(value)) return fault(`${path}: not a list`); return value.forEach((one, i) => judge(one, type.ofType, set, `${path}[${i}]`, fragments)); }
  if (isEnumType(type)) { if (!type.getValue(value)) fault(`${path}: ${value} is not of ${type.name}`); return; }
  if (isScalarType(type)) return scalar(value, type.name, path);
  const concrete = isObjectType(type) ? type : value.__typename ? schema.getType(value.__typename) : undefined;
  if (value.__typename && isAbstractType(type) && !schema.isSubType(type, schema.getType(value.__typename))) fault(`${path}: ${value.__typename} is no ${type.name}`);
  if (value.__typename && isObjectType(type) && value.__typename !== type.name) fault(`${path}: ${value.__typename} is no ${type.name}`);
  const expected = new Set();
  fields(value, concrete ?? type, type, set, path, fragments, expected);
  for (const key of Object.keys(value)) if (!expected.has(key)) fault(`${path}.${key}: was not asked for`);
}
function fields(value, type, declared, set, path, fragments, expected) {
  for (const one of set.selections) {
    if (one.kind === "Field") {
      const key = one.alias?.value ?? one.name.value;
      expected.add(key);
      if (!(key in value)) { fault(`${path}.${key}: asked for, not answered`); continue; }
      if (one.name.value === "__typename") continue;
      const field = (type.getFields?.() ?? {})[one.name.value] ?? declared.getFields()[one.name.value];
      judge(value[key], field.type, one.selectionSet, `${path}.${key}`, fragments);
      continue;
    }
    const inner = one.kind === "InlineFragment" ? one : fragments[one.name.value];
    const on = inner.typeCondition ? schema.getType(inner.typeCondition.name.value) : type;
    // Without `__typename` in the answer it cannot be known which fragment applies: then only what is there is judged.
    const known = isObjectType(type);
    const applies = on === type || (isAbstractType(on) && known && schema.isSubType(on, type));
    if (applies || (!known && inner.selectionSet.selections.every((s) => s.kind !== "Field" || (s.alias?.value ?? s.name.value) in value)))
      fields(value, on, on, inner.selectionSet, path, fragments, expected);
  }
}
function scalar(value, name, path) {
  const is = { Int: Number.isInteger, Boolean: (v) => typeof v === "boolean", DateTime: (v) => !Number.isNaN(Date.parse(v)),
    URI: (v) => URL.canParse(v), GitObjectID: (v) => /^[0-9a-f]{40}$/.test(v) }[name] ?? ((v) => typeof v === "string");
  if (!is(value)) fault(`${path}: ${JSON.stringify(value)} is no ${name}`);
}
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
cases.forEach(({ query, answer }, i) => {
  const document = parse(query);
  for (const error of validate(schema, document)) fault(`document ${i}: ${error.message}`);
  const fragments = Object.fromEntries(document.definitions.filter((d) => d.kind === "FragmentDefinition").map((d) => [d.name.value, d]));
  const operation = document.definitions.find((d) => d.kind === "OperationDefinition");
  if (answer.data) judge(answer.data, schema.getRootType(operation.operation), operation.selectionSet, `answer ${i}`, fragments);
  else fault(`answer ${i}: no data: ${JSON.stringify(answer.errors)}`);
});
console.log(`${cases.length} documents, ${faults} faults`);
process.exit(faults ? 1 : 0);
