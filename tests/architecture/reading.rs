//! Rust sources as the rules see them: which paths each file names, and which tests there are. No rule lives here.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A file: its path from the root of the repository, and its text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.replace('\\', "/"), text: text.to_owned() }
    }
}

/// The production code of the crate: every file with what it names. Code under `#[cfg(test)]` is left out: tests may do what they need.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// What one file names.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    /// Where the file stands in the crate: `["domain", "say", "text"]`; empty for `lib.rs`, `["main"]` for `main.rs`.
    pub(crate) module: Vec<String>,
    /// Every path that is named, resolved: ours begin with `crate`, others as they are written.
    pub(crate) names: BTreeSet<Vec<String>>,
    /// Language features and macros that some rooms may not use: `async`, `await`, `static mut`, `println!`.
    pub(crate) features: BTreeSet<String>,
    /// Every identifier.
    pub(crate) identifiers: BTreeSet<String>,
    /// Every string literal. Comments, those of the documentation too, are none.
    pub(crate) texts: BTreeSet<String>,
}

impl File {
    pub(crate) fn is_in(&self, room: &[&str]) -> bool {
        self.module.len() >= room.len() && self.module.iter().zip(room).all(|(own, wanted)| own == wanted)
    }
}

impl Tree {
    pub(crate) fn parse(sources: &[Source]) -> Result<Self, String> {
        let parsed = sources
            .iter()
            .map(|source| Ok((source, module_of(&source.path), parse(source)?)))
            .collect::<Result<Vec<_>, String>>()?;
        let only_tests: BTreeSet<Vec<String>> =
            parsed.iter().flat_map(|(_, module, file)| test_modules(module, &file.items)).collect();
        let modules: BTreeSet<Vec<String>> = parsed.iter().map(|(_, module, _)| module.clone()).collect();
        let files = parsed
            .iter()
            .filter(|(_, module, _)| !(1..=module.len()).any(|upto| only_tests.contains(&module[..upto])))
            .map(|(source, module, file)| {
                let mut reader = Reader::new(module.clone(), &modules);
                reader.visit_file(file);
                File {
                    path: source.path.clone(),
                    module: module.clone(),
                    names: reader.names,
                    features: reader.features,
                    identifiers: reader.identifiers,
                    texts: reader.texts,
                }
            })
            .collect();
        Ok(Self { files })
    }
}

/// The names of all functions that carry a `test` attribute, stand inside a macro such as `proptest!`, or are named to a macro of
/// their own file that makes tests of them.
pub(crate) fn tests_in(sources: &[Source]) -> Result<BTreeSet<String>, String> {
    let mut tests = BTreeSet::new();
    for source in sources {
        let mut finder = Tests::default();
        finder.visit_file(&parse(source)?);
        tests.extend(finder.functions.intersection(&finder.named).cloned());
        tests.extend(finder.tests);
    }
    Ok(tests)
}

fn parse(source: &Source) -> Result<syn::File, String> {
    syn::parse_file(&source.text).map_err(|cause| format!("{}: {cause}", source.path))
}

fn module_of(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    match stem {
        "lib" => Vec::new(),
        nested => nested.split('/').map(str::to_owned).collect(),
    }
}

/// The modules that a file declares for tests alone.
fn test_modules(module: &[String], items: &[syn::Item]) -> Vec<Vec<String>> {
    items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(declared) if is_for_tests(&declared.attrs) => {
                Some([module, &[declared.ident.to_string()]].concat())
            }
            _ => None,
        })
        .collect()
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Meta>().is_ok_and(|condition| needs_test(&condition))
    })
}

/// `test`, or `all(…)` with `test` in it. `any(test, …)` also holds in production.
fn needs_test(condition: &syn::Meta) -> bool {
    match condition {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) if list.path.is_ident("all") => {
            let parser = syn::punctuated::Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
            list.parse_args_with(parser).is_ok_and(|inner| inner.iter().any(needs_test))
        }
        syn::Meta::List(_) | syn::Meta::NameValue(_) => false,
    }
}

struct Reader<'a> {
    /// The module that is being read; longer than the file's inside `mod x { … }`.
    here: Vec<String>,
    modules: &'a BTreeSet<Vec<String>>,
    names: BTreeSet<Vec<String>>,
    features: BTreeSet<String>,
    identifiers: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn new(here: Vec<String>, modules: &'a BTreeSet<Vec<String>>) -> Self {
        Self {
            here,
            modules,
            names: BTreeSet::new(),
            features: BTreeSet::new(),
            identifiers: BTreeSet::new(),
            texts: BTreeSet::new(),
        }
    }

    fn name(&mut self, written: &[String]) {
        let resolved = self.resolve(written);
        self.names.insert(resolved);
    }

    /// `crate::…`, `self::…`, `super::…`, a child module, or another crate's path as it stands.
    fn resolve(&self, written: &[String]) -> Vec<String> {
        let mut base = self.here.clone();
        let mut rest = written;
        let Some(first) = rest.first() else { return Vec::new() };
        match first.as_str() {
            // The binary sees the library by its name.
            "crate" | "lockkeeper" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {}
            child if self.modules.contains(&[&base[..], &[child.to_owned()]].concat()) => {}
            _ => return written.to_vec(),
        }
        while rest.first().is_some_and(|segment| segment == "super") {
            base.pop();
            rest = &rest[1..];
        }
        let mut resolved = vec!["crate".to_owned()];
        resolved.extend(base);
        resolved.extend(rest.iter().cloned());
        resolved
    }

    fn use_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |segment: &syn::Ident| [prefix, &[segment.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(prefix, tree)),
            syn::UseTree::Glob(_) => self.name(&[prefix, &["*".to_owned()]].concat()),
            // `{self}` names the prefix itself.
            syn::UseTree::Name(name) if name.ident == "self" && !prefix.is_empty() => self.name(prefix),
            syn::UseTree::Name(name) => self.name(&with(&name.ident)),
            // A renamed module could hide what is taken from it, so a rename counts as taking everything.
            syn::UseTree::Rename(rename) if rename.ident == "self" => {
                self.name(&[prefix, &["*".to_owned()]].concat());
            }
            syn::UseTree::Rename(rename) => {
                self.name(&with(&rename.ident));
                self.name(&[&with(&rename.ident)[..], &["*".to_owned()]].concat());
            }
        }
    }

    /// Inside a macro there is no syntax tree, only tokens: every `a::b::c` counts as a path, and so do the words of a rule.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::<String>::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    self.identifiers.insert(word.clone());
                    if word == "async" || word == "await" {
                        self.features.insert(word.clone());
                    }
                    if colons != 2 {
                        self.finish(&mut path);
                    }
                    path.push(word);
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.finish(&mut path);
                    colons = 0;
                    if !is_comment(&group) {
                        self.tokens(group.stream());
                    }
                }
                TokenTree::Literal(literal) => {
                    self.finish(&mut path);
                    colons = 0;
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.texts.insert(text.value());
                    }
                }
                TokenTree::Punct(_) => {
                    self.finish(&mut path);
                    colons = 0;
                }
            }
        }
        self.finish(&mut path);
    }

    fn finish(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.name(path);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_for_tests(attributes_of(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
            self.features.insert("#[path]".to_owned());
        }
        self.here.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.here.pop();
    }

    fn visit_item_use(&mut self, import: &'ast syn::ItemUse) {
        self.use_tree(&[], &import.tree);
    }

    fn visit_item_extern_crate(&mut self, import: &'ast syn::ItemExternCrate) {
        self.name(&[import.ident.to_string(), "*".to_owned()]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.name(&segments);
        }
        visit::visit_path(self, path);
    }

    // `pub(crate)` and `pub(super)` say who may look in; they import nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if let Some(name) = called.path.segments.last() {
            self.features.insert(format!("{}!", name.ident));
        }
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }

    fn visit_ident(&mut self, name: &'ast syn::Ident) {
        self.identifiers.insert(name.to_string());
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.texts.insert(text.value());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        if let syn::Meta::List(list) = &attribute.meta {
            let reads_environment = list
                .tokens
                .clone()
                .into_iter()
                .any(|token| matches!(token, TokenTree::Ident(word) if word == "env"));
            if (list.path.is_ident("arg") || list.path.is_ident("clap")) && reads_environment {
                self.features.insert("#[arg(env)]".to_owned());
            }
            self.tokens(list.tokens.clone());
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if signature.asyncness.is_some() {
            self.features.insert("async".to_owned());
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.features.insert("async".to_owned());
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        if closure.asyncness.is_some() {
            self.features.insert("async".to_owned());
        }
        visit::visit_expr_closure(self, closure);
    }

    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        self.features.insert("await".to_owned());
        visit::visit_expr_await(self, awaited);
    }

    fn visit_item_static(&mut self, global: &'ast syn::ItemStatic) {
        if matches!(global.mutability, syn::StaticMutability::Mut(_)) {
            self.features.insert("static mut".to_owned());
        }
        visit::visit_item_static(self, global);
    }
}

/// `[doc = "…"]`, which a `///` is among tokens.
fn is_comment(group: &proc_macro2::Group) -> bool {
    let first = group.stream().into_iter().next();
    group.delimiter() == proc_macro2::Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
}

fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[derive(Default)]
struct Tests {
    tests: BTreeSet<String>,
    /// Every function that stands at the top of the file.
    functions: BTreeSet<String>,
    /// Every word that is handed to a macro at the top of the file.
    named: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let is_test = |attribute: &syn::Attribute| {
            attribute.path().segments.last().is_some_and(|segment| segment.ident == "test")
        };
        let name = function.sig.ident.to_string();
        if function.attrs.iter().any(is_test) {
            self.tests.insert(name.clone());
        }
        self.functions.insert(name);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        // A rule's own text makes nothing.
        if item.mac.path.is_ident("macro_rules") {
            return;
        }
        let mut after_fn = false;
        for token in item.mac.tokens.clone() {
            let TokenTree::Ident(word) = token else {
                after_fn = false;
                continue;
            };
            if after_fn {
                self.tests.insert(word.to_string());
            }
            after_fn = word == "fn";
            self.named.insert(word.to_string());
        }
    }
}
