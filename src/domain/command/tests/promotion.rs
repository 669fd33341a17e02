//! The words of promotions as tables of lines: what each comes to, and that half a line does nothing. Nothing else.

use insta::assert_snapshot;

use super::check;

#[test]
fn every_word_of_a_promotion_is_read_in_each_of_its_forms() {
    assert_snapshot!(check(
        "/release status prod\n/release why\n/release why eu/production\n/release promote staging\n\
         /release promote staging v1.5.0\n/release deploy 1.5.0 staging --again\n/release promote --again prod\n\
         /release approve\n/release approve p7\n/release approve P7.1 -- tested on a phone\n\
         /release reject -- not tested\n/release reject p7.1 -- not tested\n/release revoke\n/release unapprove p7.1\n\
         /release hold\n/release stop production -- odd graphs\n/release pause v1.5.0\n/release hold p7.2\n\
         /release resume v1.5.0-rc.1\n/release abort p7 -- wrong one\n/release retry us-east-1\n\
         /release rollback production\n/release undo production to v1.4.2 -- 5xx up\n/release revert TO 1.4.2 prod\n\
         /release lock staging\n/release lock staging --for 4h -- load test\n/release lock --for=30M staging\n\
         /release lock staging --for 2d\n/release unlock staging"
    ), @r"
    /release status prod
        = /release status prod
    /release why
        = /release why
    /release why eu/production
        = /release why eu/production
    /release promote staging
        = /release promote staging
    /release promote staging v1.5.0
        = /release promote staging v1.5.0
    /release deploy 1.5.0 staging --again
        = /release promote staging v1.5.0 --again
    /release promote --again prod
        = /release promote prod --again
    /release approve
        = /release approve
    /release approve p7
        = /release approve p7
    /release approve P7.1 -- tested on a phone
        = /release approve p7.1 -- tested on a phone
    /release reject -- not tested
        = /release reject -- not tested
    /release reject p7.1 -- not tested
        = /release reject p7.1 -- not tested
    /release revoke
        = /release revoke
    /release unapprove p7.1
        = /release revoke p7.1
    /release hold
        = /release hold
    /release stop production -- odd graphs
        = /release hold production -- odd graphs
    /release pause v1.5.0
        = /release hold v1.5.0
    /release hold p7.2
        = /release hold p7.2
    /release resume v1.5.0-rc.1
        = /release resume v1.5.0-rc.1
    /release abort p7 -- wrong one
        = /release abort p7 -- wrong one
    /release retry us-east-1
        = /release retry us-east-1
    /release rollback production
        = /release rollback production
    /release undo production to v1.4.2 -- 5xx up
        = /release rollback production to v1.4.2 -- 5xx up
    /release revert TO 1.4.2 prod
        = /release rollback prod to v1.4.2
    /release lock staging
        = /release lock staging
    /release lock staging --for 4h -- load test
        = /release lock staging --for 4h -- load test
    /release lock --for=30M staging
        = /release lock staging --for 30m
    /release lock staging --for 2d
        = /release lock staging --for 2d
    /release unlock staging
        = /release unlock staging
    ");
}

#[test]
fn what_phones_make_of_a_promotion_is_understood() {
    assert_snapshot!(check(
        "/Release Promote Staging.\n/release promote staging —again\n/release Promote “staging” –Again.\n\
         /release Approve P7.1.\n/release approve p7.1 — looks good\n/release approve p7.\n\
         /release Rollback Production — 5xx “everywhere”\n/release rollback production To V1.4.2.\n\
         /release lock staging —for 4H.\n/release lock staging –for=4h – load test\n/release hold Production ."
    ), @r"
    /Release Promote Staging.
        = /release promote Staging
    /release promote staging —again
        = /release promote staging --again
    /release Promote “staging” –Again.
        = /release promote staging --again
    /release Approve P7.1.
        = /release approve p7.1
    /release approve p7.1 — looks good
        = /release approve p7.1 -- looks good
    /release approve p7.
        = /release approve p7
    /release Rollback Production — 5xx “everywhere”
        = /release rollback Production -- 5xx “everywhere”
    /release rollback production To V1.4.2.
        = /release rollback production to v1.4.2
    /release lock staging —for 4H.
        = /release lock staging --for 4h
    /release lock staging –for=4h – load test
        = /release lock staging --for 4h -- load test
    /release hold Production .
        = /release hold Production
    ");
}

#[test]
fn half_a_line_never_does_half_of_what_was_meant() {
    assert_snapshot!(check(
        "/release rollback\n/release rollback production to\n/release rollback production to -- 5xx up\n\
         /release rollback to v1.4.2\n/release rollback to production\n/release rollback v1.4.2\n\
         /release rollback production v1.4.2\n/release revert v1.5.0 production\n/release rollback production to v1.4\n\
         /release rollback production to yesterday\n/release rollback v1.5.0 to production\n\
         /release rollback production from v1.5.0 to v1.4.2\n/release rollback production to v1.4.2 to v1.4.1\n\
         /release rollback production staging\n/release rollback production 5xx up\n\
         /release promote\n/release promote v1.5.0\n/release promote to production\n/release promote v1.5.0 to production\n\
         /release promote staging production\n/release promote staging v1.5.0 v1.6.0\n/release promote staging again\n\
         /release promote staging --again=false\n/release promote staging --again --again\n/release promote staging -again\n\
         /release promote staging --wait\n/release promote staging --at 18:00\n/release promote staging -- now"
    ), @r"
    /release rollback
        E_SYNTAX Missing e.g. /release rollback production
    /release rollback production to
        E_SYNTAX NoValue e.g. /release rollback production to v1.5.0
    /release rollback production to -- 5xx up
        E_SYNTAX NoValue e.g. /release rollback production to v1.5.0 -- 5xx up
    /release rollback to v1.4.2
        E_SYNTAX Missing e.g. /release rollback staging to v1.4.2
    /release rollback to production
        E_SYNTAX Invalid e.g. /release rollback staging to v1.5.0
    /release rollback v1.4.2
        E_SYNTAX NoHead e.g. /release rollback production
    /release rollback production v1.4.2
        E_SYNTAX NoHead e.g. /release rollback production to v1.4.2
    /release revert v1.5.0 production
        E_SYNTAX NoHead e.g. /release rollback production to v1.5.0
    /release rollback production to v1.4
        E_SYNTAX Invalid → /release rollback production to v1.4.0
    /release rollback production to yesterday
        E_SYNTAX Invalid e.g. /release rollback production to v1.5.0
    /release rollback v1.5.0 to production
        E_SYNTAX NoHead e.g. /release rollback staging to v1.5.0
    /release rollback production from v1.5.0 to v1.4.2
        E_SYNTAX Extra e.g. /release rollback production to v1.4.2
    /release rollback production to v1.4.2 to v1.4.1
        E_SYNTAX Repeated e.g. /release rollback production to v1.4.2
    /release rollback production staging
        E_SYNTAX Extra e.g. /release rollback production
    /release rollback production 5xx up
        E_SYNTAX Extra → /release rollback production -- 5xx up
    /release promote
        E_SYNTAX Missing e.g. /release promote staging
    /release promote v1.5.0
        E_SYNTAX Missing e.g. /release promote staging v1.5.0
    /release promote to production
        E_SYNTAX Invalid e.g. /release promote production
    /release promote v1.5.0 to production
        E_SYNTAX Invalid e.g. /release promote production v1.5.0
    /release promote staging production
        E_SYNTAX Extra e.g. /release promote staging
    /release promote staging v1.5.0 v1.6.0
        E_SYNTAX Extra e.g. /release promote staging v1.5.0
    /release promote staging again
        E_SYNTAX Undashed → /release promote staging --again
    /release promote staging --again=false
        E_SYNTAX UnwantedValue e.g. /release promote staging
    /release promote staging --again --again
        E_SYNTAX Repeated e.g. /release promote staging --again
    /release promote staging -again
        E_SYNTAX Invalid e.g. /release promote staging
    /release promote staging --wait
        E_SYNTAX UnknownFlag e.g. /release promote staging
    /release promote staging --at 18:00
        E_SYNTAX UnknownFlag e.g. /release promote staging
    /release promote staging -- now
        E_SYNTAX UnwantedReason → /release promote staging
    ");
}

#[test]
fn a_yes_or_a_no_is_never_guessed() {
    assert_snapshot!(check(
        "/release approve 7.1\n/release approve p7.1 p8.1\n/release approve p07\n/release approve p0\n/release approve p7.0\n\
         /release approve v1.5.0\n/release approve production\n/release approve lgtm\n/release approve looks good\n\
         /release approve p7.1 looks good\n/release approve p7.99999999999\n/release lgtm\n/release ok p7.1\n\
         /release reject\n/release reject p7.1\n/release reject p7.1 not tested\n/release reject untested\n/release veto p7.1\n\
         /release revoke p7.1 -- sorry\n/release hold production staging\n/release hold production for now\n\
         /release stop the line\n/release cancel p7\n/release aprove p7.1\n/release unlok staging\n/release re p7\n/release rol"
    ), @r"
    /release approve 7.1
        E_SYNTAX Invalid → /release approve p7.1
    /release approve p7.1 p8.1
        E_SYNTAX Extra e.g. /release approve p7.1
    /release approve p07
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve p0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve p7.0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve v1.5.0
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve production
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve lgtm
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release approve looks good
        E_SYNTAX Invalid → /release approve -- looks good
    /release approve p7.1 looks good
        E_SYNTAX Extra → /release approve p7.1 -- looks good
    /release approve p7.99999999999
        E_SYNTAX Invalid e.g. /release approve p7.1
    /release lgtm
        E_VERB Hint → /release approve
    /release ok p7.1
        E_VERB Hint → /release approve p7.1
    /release reject
        E_SYNTAX MissingReason e.g. /release reject p7.1 -- the migration is not tested
    /release reject p7.1
        E_SYNTAX MissingReason e.g. /release reject p7.1 -- why
    /release reject p7.1 not tested
        E_SYNTAX Extra → /release reject p7.1 -- not tested
    /release reject untested
        E_SYNTAX Invalid e.g. /release reject p7.1 -- the migration is not tested
    /release veto p7.1
        E_VERB Hint e.g. /release reject p7.1 -- why
    /release revoke p7.1 -- sorry
        E_SYNTAX UnwantedReason → /release revoke p7.1
    /release hold production staging
        E_SYNTAX Extra e.g. /release hold production
    /release hold production for now
        E_SYNTAX Extra → /release hold production -- for now
    /release stop the line
        E_SYNTAX Extra e.g. /release hold the
    /release cancel p7
        E_VERB Hint → /release abort p7
    /release aprove p7.1
        E_VERB UnknownVerb → /release approve p7.1
    /release unlok staging
        E_VERB UnknownVerb → /release unlock staging
    /release re p7
        E_VERB UnknownVerb
    /release rol
        E_VERB UnknownVerb e.g. /release rollback production
    ");
}

#[test]
fn a_length_of_time_is_minutes_hours_or_days() {
    assert_snapshot!(check(
        "/release lock\n/release lock staging --for\n/release lock staging --for 90\n/release lock staging --for 0h\n\
         /release lock staging --for 1.5h\n/release lock staging --for 90s\n/release lock staging --for 366d\n\
         /release lock staging --for 365d\n/release lock staging --for 4 h\n/release lock staging for 4h\n\
         /release lock staging 4h\n/release lock staging for a load test\n/release lock staging --until friday\n\
         /release cut pre rc\n/release plan component api"
    ), @r"
    /release lock
        E_SYNTAX Missing e.g. /release lock staging --for 4h
    /release lock staging --for
        E_SYNTAX NoValue e.g. /release lock staging --for 4h
    /release lock staging --for 90
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 0h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 1.5h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 90s
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 366d
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging --for 365d
        = /release lock staging --for 365d
    /release lock staging --for 4 h
        E_SYNTAX Invalid e.g. /release lock staging --for 4h
    /release lock staging for 4h
        E_SYNTAX Undashed → /release lock staging --for 4h
    /release lock staging 4h
        E_SYNTAX Extra e.g. /release lock staging
    /release lock staging for a load test
        E_SYNTAX Extra → /release lock staging -- for a load test
    /release lock staging --until friday
        E_SYNTAX UnknownFlag e.g. /release lock staging
    /release cut pre rc
        E_SYNTAX Undashed → /release cut --pre rc
    /release plan component api
        E_SYNTAX Undashed → /release plan --component api
    ");
}
