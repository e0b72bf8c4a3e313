# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with profiles to write. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    # The argument spec is PROFILE_DEFINITION in module_utils/_aws_config/desired.py.
    DOCUMENTATION = r"""
options:
  profiles:
    description:
      - Profiles with names of your choice. The credentials of a profile are either those of a role in an
        account (O(profiles[].session), O(profiles[].account_id) and O(profiles[].role_name)), or those of a
        role that is assumed with the credentials of another profile (O(profiles[].role_arn) and
        O(profiles[].source_profile)).
      - >-
        A name can contain spaces, but no quotes, brackets, backslashes or control characters. It must not
        start with a dash or a space, and none of its words may start with C(#) or C(;).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the profile. V(default) is the section C([default]).
        type: str
        required: true
      session:
        description:
          - Name of a session in O(sessions) or in the file. Required with O(state=present), unless
            O(profiles[].role_arn) is set.
        type: str
      account_id:
        description:
          - The account ID, as a string of 12 digits. A number with fewer digits is an error, because it may
            have lost leading zeros. Required with O(profiles[].session).
        type: raw
      role_name:
        description:
          - Name of the role, which is the name of the permission set. Required with O(profiles[].session).
        type: str
      role_arn:
        description:
          - ARN of a role to assume with the credentials of O(profiles[].source_profile), instead of a role of
            IAM Identity Center. The trust policy of the role must allow it.
          - >-
            Keys such as C(external_id), C(duration_seconds) and C(role_session_name) belong into
            O(profiles[].options). AWS limits C(duration_seconds) to 3600 where one role assumes another.
        type: str
      source_profile:
        description:
          - Name of the profile whose credentials assume O(profiles[].role_arn). A profile of this task, in
            the file or in the credentials file; it may assume a role itself.
        type: str
      region:
        description:
          - Default region of commands that use this profile.
        type: str
      output:
        description:
          - Output format of the AWS CLI, such as V(json), V(yaml), V(text) or V(table).
        type: str
      options:
        description:
          - Additional keys, such as C(cli_pager) or C(retry_mode). A dictionary becomes a nested block.
            V(null) removes the key.
          - Keys for SSO and for other credentials are not allowed.
        type: dict
"""

    # Of a module that generates profiles from a list of accounts and roles.
    GENERATED = r"""
options:
  access:
    description:
      - Accounts and roles, as the lookup P(workstation.aws_sso.sso_access#lookup) returns them. Dictionaries
        with the keys C(session), C(account_id), C(account_name), C(email) and C(role_name). You may add the
        key C(organizational_unit). Other keys, such as C(console_url), are ignored. Each one becomes a
        profile.
      - The start URL, which is the session of legacy profiles, selects the session with this start URL in
        O(sessions) or in the file.
      - A single dictionary is accepted as well, because C(lookup) returns one if there is only one role.
        C(query) always returns a list.
    type: raw
    default: []
  profile_name:
    description:
      - Name of each profile generated from O(access). A format string with the fields C({account_id}),
        C({account_name}), C({role_name}), C({email}), C({session}), C({organizational_unit}) and
        C({account_alias}), which is the name in O(account_aliases) or else that of the account.
      - >-
        C({tags[NAME]}) is the value of a tag of the account, for example C({tags[cost center]}). The name may
        contain blanks, colons and all other characters that AWS allows. Like C({organizational_unit}), it
        requires O(access) of P(workstation.aws_sso.sso_access#lookup) with
        O(workstation.aws_sso.sso_access#lookup:organization).
      - >-
        A field may have transforms after a colon, separated by C(|) and applied from left to right: V(lower),
        V(upper), V(removeprefix('TEXT'\)), V(removesuffix('TEXT'\)) and V(replace('OLD', 'NEW'\)). For
        example, V({account_name:removeprefix('Acme '\)|lower}) turns C(Acme Log Archive) into C(log-archive).
        The texts are in single or double quotes, and are case-sensitive. Several texts of V(removeprefix) and
        V(removesuffix) are alternatives.
      - >-
        The schemes of the AWS CLI and of other tools: V({role_name}-{account_id}), the default, is what
        C(aws configure sso) suggests; V({account_name}.{role_name}) is that of aws-sso-util;
        V({account_name}/{role_name}) that of Granted; V({account_id}:{role_name}) that of aws-sso-cli; and
        V({account_id}_{role_name}) that of the access portal, where it shows credentials of a role.
      - >-
        In each field, a sequence of characters other than letters, digits and C(_.@+%:/=,-) is replaced with
        one C(-), or removed at the start and end of the field. Dashes at the start of the name are removed.
      - A field that has no usable character, such as a tag that the account does not have, two profiles with
        the same name, and fields that result in the name C(default), are errors.
    type: str
    default: '{role_name}-{account_id}'
  region:
    description:
      - Default region of all profiles generated from O(access). It may contain the fields of O(profile_name).
    type: str
  output:
    description:
      - Output format of all profiles generated from O(access). It may contain the fields of O(profile_name).
    type: str
  options:
    description:
      - Additional keys of all profiles generated from O(access), see O(profiles[].options).
      - >-
        Values may contain the fields of O(profile_name). In the text of a field, control characters, and C(#)
        or C(;) at the start of a word, are replaced with C(-). Braces around anything but the name of a field
        are kept as they are. Write C({{account_name}}) for the text C({account_name}), in quotes and with
        C(!unsafe), so that Ansible does not take it for a template.
    type: dict
  account_aliases:
    description:
      - Names of your choice for accounts, by account ID, for the field C({account_alias}).
    type: dict
    default: {}
  accounts:
    description:
      - Shell patterns for the ID or name of the account, case-sensitive. Only matching entries of O(access)
        become profiles. Without patterns, all entries match.
      - An ID is a string of 12 digits; a number is accepted if it has 12 digits.
    type: list
    elements: raw
    default: []
  roles:
    description:
      - Shell patterns for the name of the role, case-sensitive. Only matching entries of O(access) become
        profiles. Without patterns, all entries match.
    type: list
    elements: str
    default: []
  exclude_accounts:
    description:
      - Shell patterns for the ID or name of the account, case-sensitive. Matching entries of O(access) do
        not become profiles.
    type: list
    elements: raw
    default: []
  exclude_roles:
    description:
      - Shell patterns for the name of the role, case-sensitive. Matching entries of O(access) do not become
        profiles.
    type: list
    elements: str
    default: []
  exclude_organizational_units:
    description:
      - Shell patterns for the key C(organizational_unit) of the entries of O(access), case-sensitive.
        Matching entries do not become profiles. C(*) matches slashes too. If no entry has the key, this is an
        error.
    type: list
    elements: str
    default: []
  exclude_account_tags:
    description:
      - Entries of O(access) with one or more of these tags do not become profiles. The keys are the names of
        tags, and the values are a shell pattern or a list of them, of which one must match the value. Both
        are case-sensitive. If no entry has the key C(tags), this is an error.
    type: dict
    default: {}
  overrides:
    description:
      - Different settings for some of the profiles generated from O(access). An entry applies to the accounts
        and roles that match all of its lists. If several entries match, later ones take precedence, key by
        key.
      - O(overrides[].region), O(overrides[].output) and the values of O(overrides[].options) may contain the
        fields of O(profile_name).
    type: list
    elements: dict
    default: []
    suboptions:
      accounts:
        description:
          - Shell patterns for the ID or name of the account, case-sensitive. Without patterns, all accounts
            match.
        type: list
        elements: raw
      roles:
        description:
          - Shell patterns for the name of the role, case-sensitive. Without patterns, all roles match.
        type: list
        elements: str
      organizational_units:
        description:
          - Shell patterns for the key C(organizational_unit) of the entries of O(access), case-sensitive,
            such as V(Workloads/*). Entries without the key do not match. If no entry has it, this is an
            error.
        type: list
        elements: str
      account_tags:
        description:
          - >-
            Shell patterns for the values of tags in the key C(tags) of the entries of O(access), by the names
            of the tags, such as V({"environment": ["production", "staging-*"]}). Both are case-sensitive. An
            account must have all of these tags, with a value that matches the pattern, or one of several
            patterns. If no entry has the key, this is an error.
        type: dict
      name:
        description:
          - Replaces O(profile_name).
        type: str
      region:
        description:
          - Replaces O(region).
        type: str
      output:
        description:
          - Replaces O(output).
        type: str
      options:
        description:
          - Added to O(options); replaces keys of the same name.
        type: dict
"""
