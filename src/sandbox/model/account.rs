//! Who there is: people, bots, organisations, teams; the app, its installations and tokens. Who may do what in a project is
//! held there, as a role.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::{Happening, Model, Refusal, What};

/// What a person may do in a project, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Nothing beyond what everybody may.
    None,
    /// Read.
    Read,
    /// Read, and sort issues.
    Triage,
    /// Push.
    Write,
    /// Push and manage, without the dangerous settings.
    Maintain,
    /// Everything.
    Admin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountKind {
    Person,
    Bot,
    Organization,
}

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) kind: AccountKind,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) organization: u64,
    pub(crate) slug: String,
    pub(crate) members: BTreeSet<u64>,
    pub(crate) created_at: Timestamp,
}

/// What the bot must be configured with to be this stand-in's app.
#[derive(Clone)]
pub struct AppCredentials {
    /// The app's number.
    pub id: u64,
    /// The app's client id; either may be the `iss` of its JWT.
    pub client_id: String,
    /// The app's name in addresses; its bot is `slug[bot]`.
    pub slug: String,
    /// The private key, PKCS#8 PEM.
    pub private_key_pem: String,
    /// The secret that signs webhooks on GitHub, and comes with them in clear on GitLab.
    pub webhook_secret: String,
    /// The key that signs webhooks on GitLab: `whsec_` and 32 bytes in base64.
    pub signing_token: String,
    /// The bot's access token on GitLab: `glpat-…`.
    pub access_token: String,
    public_key_der: Vec<u8>,
}

impl std::fmt::Debug for AppCredentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AppCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AppCredentials {
    /// A new key (2048 bit RSA, some hundred milliseconds in a debug build) and fixed names.
    pub fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the machine has randomness");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("a generated key can be written");
        Self {
            id: 4711,
            client_id: "Iv23standin00lock".into(),
            slug: "lockkeeper".into(),
            private_key_pem: pem("PRIVATE KEY", der.as_ref()),
            webhook_secret: "a secret of the stand-in".into(),
            signing_token: format!("whsec_{}", STANDARD.encode(b"thirty-two bytes of a stand-in..")),
            access_token: "glpat-standinlockkeeper0000".into(),
            public_key_der: pair.public_key().as_ref().to_vec(),
        }
    }

    /// The public half, PKCS#1 DER.
    pub(crate) fn public_key_der(&self) -> &[u8] {
        &self.public_key_der
    }
}

fn pem(title: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    format!("-----BEGIN {title}-----\n{}\n-----END {title}-----\n", lines.join("\n"))
}

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) credentials: AppCredentials,
    pub(crate) slug: String,
    pub(crate) owner: u64,
    pub(crate) bot: u64,
    pub(crate) permissions: BTreeMap<String, String>,
    /// Events that it is not subscribed to, of those that it should be.
    pub(crate) unheard: BTreeSet<String>,
    /// When the bot's access token ends; never, where nobody said.
    pub(crate) token_expires_at: Option<Timestamp>,
    pub(crate) token_revoked: bool,
    pub(crate) created_at: Timestamp,
}

/// The hook by which the bot hears of things, where it is not the forge that makes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hook {
    pub(crate) reach: Reach,
    /// Whether the secret comes with it.
    pub(crate) has_token: bool,
    /// Whether it is signed.
    pub(crate) is_signed: bool,
}

/// What a hook is of; one of more hears more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Of each project.
    Project,
    /// Of each group.
    Group,
    /// Of the whole forge.
    System,
}

impl App {
    pub(super) fn new(credentials: AppCredentials, now: Timestamp) -> Self {
        let granted = [
            ("metadata", "read"),
            ("contents", "write"),
            ("issues", "write"),
            ("pull_requests", "write"),
            ("checks", "write"),
            ("actions", "write"),
            ("deployments", "write"),
            ("statuses", "read"),
            ("members", "read"),
            ("workflows", "write"),
        ];
        let permissions = granted.map(|(name, level)| (name.to_owned(), level.to_owned())).into();
        Self {
            slug: credentials.slug.clone(),
            credentials,
            owner: 0,
            bot: 0,
            permissions,
            unheard: BTreeSet::new(),
            token_expires_at: None,
            token_revoked: false,
            created_at: now,
        }
    }
}

/// An app that is not ours.
#[derive(Debug, Clone)]
pub(crate) struct OtherApp {
    pub(crate) id: u64,
    pub(crate) slug: String,
    pub(crate) bot: u64,
}

/// The app and the bot of GitHub Actions, by the numbers that they have on github.com.
const ACTIONS: OtherApp = OtherApp { id: 15_368, slug: String::new(), bot: 41_898_282 };

#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) account: u64,
    pub(crate) permissions: BTreeMap<String, String>,
    /// The projects covered; `None` is all of the account's.
    pub(crate) selected: Option<BTreeSet<u64>>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) installation: u64,
    pub(crate) permissions: BTreeMap<String, String>,
    pub(crate) expires_at: Timestamp,
}

impl Model {
    pub(crate) fn add_account(&mut self, login: &str, kind: AccountKind) -> u64 {
        if let Some(id) = self.find_account(login) {
            return id;
        }
        let id = self.next_id();
        let created_at = self.now();
        self.accounts.insert(id, Account { id, login: login.to_owned(), kind, created_at });
        id
    }

    pub(crate) fn find_account(&self, login: &str) -> Option<u64> {
        self.accounts
            .values()
            .find(|account| account.login.eq_ignore_ascii_case(login))
            .map(|account| account.id)
    }

    /// The person of that login, made on first mention: scripts name whom they need.
    pub(crate) fn person(&mut self, login: &str) -> u64 {
        self.add_account(login, AccountKind::Person)
    }

    /// The login of an account; a vanished one is `ghost`, as on the forge.
    pub(crate) fn login(&self, id: u64) -> &str {
        self.accounts.get(&id).map_or("ghost", |account| account.login.as_str())
    }

    /// The role of a person in a project: what was given, else write for its owner's members of a team, else read where public.
    pub(crate) fn role(&self, project: u64, account: u64) -> Role {
        let Some(project) = self.projects.get(&project) else { return Role::None };
        if project.owner == account {
            return Role::Admin;
        }
        let everybody = if project.private { Role::None } else { Role::Read };
        project.roles.get(&account).copied().unwrap_or(everybody)
    }

    /// The role that somebody was given in a project; the bot is a maintainer of what its token reaches.
    pub(crate) fn membership(&self, project: &super::Project, account: u64) -> Role {
        let reaches = account == self.app.bot && self.installation_of(project).is_some();
        let unsaid = if reaches { Role::Maintain } else { Role::None };
        project.roles.get(&account).copied().unwrap_or(unsaid)
    }

    pub(super) fn add_actions(&mut self) {
        let (slug, created_at) = ("github-actions".to_owned(), self.now());
        let login = format!("{slug}[bot]");
        let account = Account { id: ACTIONS.bot, login, kind: AccountKind::Bot, created_at };
        self.accounts.insert(ACTIONS.bot, account);
        self.others.push(OtherApp { slug, ..ACTIONS });
    }

    /// The account by which GitHub Actions acts.
    pub(crate) fn actions_bot(&self) -> u64 {
        ACTIONS.bot
    }

    /// The bot of another app, both made on first mention.
    pub(crate) fn app_bot(&mut self, slug: &str) -> u64 {
        if let Some(known) = self.others.iter().find(|app| app.slug == slug) {
            return known.bot;
        }
        let bot = self.add_account(&format!("{slug}[bot]"), AccountKind::Bot);
        let id = self.next_id();
        self.others.push(OtherApp { id, slug: slug.to_owned(), bot });
        bot
    }

    /// Who acts in a script: `bot` is ours, `slug[bot]` another app's, else a person.
    pub(crate) fn actor(&mut self, login: &str) -> u64 {
        match login.strip_suffix("[bot]") {
            Some(slug) if slug != self.app.slug => self.app_bot(slug),
            Some(_) => self.app.bot,
            None if login == "bot" => self.app.bot,
            None => self.person(login),
        }
    }

    fn find_team(&mut self, organization: u64, slug: &str) -> Option<&mut Team> {
        self.teams.iter_mut().find(|team| team.organization == organization && team.slug == slug)
    }

    /// A team and all who are in it; made if it is not there. The organisation's installation hears of each difference.
    pub(crate) fn set_team(&mut self, organization: &str, slug: &str, members: &[&str]) {
        let organization = self.add_account(organization, AccountKind::Organization);
        let wanted: BTreeSet<u64> = members.iter().map(|login| self.person(login)).collect();
        if self.find_team(organization, slug).is_none() {
            let (id, created_at) = (self.next_id(), self.now());
            let team = Team { id, organization, slug: slug.to_owned(), members: BTreeSet::new(), created_at };
            self.teams.push(team);
            self.happen_to_organization(organization, &What::TeamCreated(id));
        }
        let Some(team) = self.find_team(organization, slug) else { return };
        let before = std::mem::replace(&mut team.members, wanted.clone());
        let team = team.id;
        for member in wanted.difference(&before) {
            self.happen_to_organization(organization, &What::TeamJoined { team, member: *member });
        }
        for member in before.difference(&wanted) {
            self.happen_to_organization(organization, &What::TeamLeft { team, member: *member });
        }
    }

    pub(crate) fn members_of(&self, organization: &str, slug: &str) -> Option<Vec<&str>> {
        let organization = self.find_account(organization)?;
        let mut teams = self.teams.iter();
        let team = teams.find(|team| team.organization == organization && team.slug == slug)?;
        Some(team.members.iter().map(|member| self.login(*member)).collect())
    }

    pub(crate) fn disband_team(&mut self, organization: &str, slug: &str) -> Result<(), Refusal> {
        let organization = self.find_account(organization).ok_or(Refusal::NotFound)?;
        let mut teams = self.teams.iter();
        let place = teams.position(|team| team.organization == organization && team.slug == slug);
        let gone = self.teams.remove(place.ok_or(Refusal::NotFound)?);
        self.happen_to_organization(organization, &What::TeamDeleted(Box::new(gone)));
        Ok(())
    }

    /// By the hand of the organisation itself: who of its owners acts makes no difference here.
    fn happen_to_organization(&mut self, organization: u64, what: &What) {
        let theirs: Vec<u64> =
            self.installations.values().filter(|one| one.account == organization).map(|one| one.id).collect();
        for id in theirs {
            self.happen_to_installation(id, organization, what.clone());
        }
    }

    pub(crate) fn install(&mut self, account: u64, selected: Option<BTreeSet<u64>>) -> u64 {
        let (id, created_at) = (self.next_id(), self.now());
        let permissions = self.app.permissions.clone();
        let installation =
            Installation { id, account, permissions, selected, suspended_at: None, created_at };
        self.installations.insert(id, installation);
        self.happen_to_installation(id, account, What::Installed);
        id
    }

    pub(crate) fn uninstall(&mut self, id: u64, actor: u64) -> Result<(), Refusal> {
        let gone = self.installations.remove(&id).ok_or(Refusal::NotFound)?;
        self.tokens.retain(|_, token| token.installation != id);
        self.tell(actor, "app", "uninstalls the app");
        self.happen_to_installation(id, actor, What::Uninstalled(Box::new(gone)));
        Ok(())
    }

    pub(crate) fn suspend(&mut self, id: u64, actor: u64) -> Result<(), Refusal> {
        let now = self.now();
        self.installations.get_mut(&id).ok_or(Refusal::NotFound)?.suspended_at = Some(now);
        self.tell(actor, "app", "suspends the app");
        self.happen_to_installation(id, actor, What::Suspended);
        Ok(())
    }

    pub(crate) fn unsuspend(&mut self, id: u64, actor: u64) -> Result<(), Refusal> {
        self.installations.get_mut(&id).ok_or(Refusal::NotFound)?.suspended_at = None;
        self.tell(actor, "app", "lets the app work again");
        self.happen_to_installation(id, actor, What::Unsuspended);
        Ok(())
    }

    pub(crate) fn happen_to_installation(&mut self, id: u64, actor: u64, what: What) {
        self.happened.push(Happening { project: None, installation: Some(id), actor, what });
    }

    /// The installation that covers a project, whether or not it is suspended.
    pub(crate) fn installation_of(&self, project: &super::Project) -> Option<&Installation> {
        self.installations.values().find(|one| one.covers(project))
    }

    /// A new token of an installation, good for an hour.
    pub(crate) fn mint(
        &mut self,
        installation: u64,
        permissions: BTreeMap<String, String>,
    ) -> (String, Token) {
        let serial = self.next_id();
        let digest = super::git::object_id("token", format!("{installation}/{serial}").as_bytes());
        let secret = format!("ghs_{}_{digest}{digest}", self.app.credentials.id);
        let expires_at = self.now() + SignedDuration::from_hours(1);
        let token = Token { installation, permissions, expires_at };
        self.tokens.insert(secret.clone(), token.clone());
        (secret, token)
    }
}

impl Installation {
    pub(crate) fn covers(&self, project: &super::Project) -> bool {
        self.account == project.owner
            && self.selected.as_ref().is_none_or(|selected| selected.contains(&project.id))
    }
}
