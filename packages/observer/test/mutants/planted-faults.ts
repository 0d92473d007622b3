/**
 * All faults that are planted in this package: holes in its safety, and costs that nobody bounds.
 */
import type { Fault, Field } from '@troupe/tools/planting'
import { METRIC_FAULTS } from './metric-faults.js'

const SAFETY = 'server/safety.test'
const RIGHTS = 'server/rights.test'
const MANAGE = 'server/manage.test'
const CLUSTER = 'server/cluster.test'
const HUB = 'hub/hub.test'
const NARROW = 'hub/narrow.test'
const FOLLOW = 'hub/follow-topic.test'
const ALL_FOLLOW = 'hub/cluster-follow.test'
const FOREIGN = 'cluster/foreign.test'
const FIGURES = 'cluster/figures.test'
const PATH = 'web/path.test'
const AUDIT = 'web/audit.test'
const ATTEMPTS = 'web/attempts.test'
const MANAGER = 'web/manager.test'
const ADMISSION = 'web/admission.test'
const VALUES = 'ask/values.test'
const PACES = 'hub/paces.test'

const PLANTED_FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'any name that stands for our address is answered',
    file: 'web/origin',
    find: 'if (!isOurHost(host, surface)) {',
    replace: 'if (false) {',
    caughtBy: SAFETY,
  },
  {
    name: 'a page of somebody else may ask',
    file: 'web/origin',
    find: "const isForeign = site === 'cross-site' || site === 'same-site';",
    replace: 'const isForeign = false;',
    caughtBy: PATH,
  },
  {
    name: 'a path that is written otherwise passes the check of who asks',
    file: 'web/path',
    find: 'return UNRESERVED.test(letter) ? letter : escaped.toUpperCase();',
    replace: 'return escaped;',
    caughtBy: PATH,
  },
  {
    name: 'whoever has a cookie may post',
    file: 'web/app',
    find: 'if (sameText(given, sessions.csrfOf(session)))',
    replace: 'if (true)',
    caughtBy: SAFETY,
  },
  {
    name: 'a stream goes on when its viewer may not look any more',
    file: 'hub/hub',
    find: 'void viewer.judge();',
    replace: '',
    caughtBy: HUB,
  },
  {
    name: 'whoever has opened a stream is never asked for again',
    file: 'web/app',
    find: 'const mayStill = () => admission.mayStill(seen, visitor);',
    replace: 'const mayStill = () => Promise.resolve(true);',
    caughtBy: ADMISSION,
  },
  {
    name: 'a stream is its own proof that somebody is logged in',
    file: 'web/admission',
    find: 'return isOpen || sessions.isLoggedIn(visitor.session);',
    replace: 'return isOpen || sessions.use(visitor.session);',
    caughtBy: ADMISSION,
  },
  {
    name: 'an authorizer that says less later is not heard',
    file: 'web/admission',
    find: 'return user === visitor.user && capabilities.join() === visitor.capabilities.join();',
    replace: 'return user === visitor.user;',
    caughtBy: ADMISSION,
  },
  {
    name: 'one bearer logs out the others',
    file: 'web/app',
    find: 'if (canLogOut) {',
    replace: 'if (true) {',
    caughtBy: RIGHTS,
  },
  {
    name: 'a HEAD opens a stream',
    file: 'web/app',
    find: `if (c.req.raw.method === 'HEAD') return new Response(`,
    replace: 'if (false) return new Response(',
    caughtBy: RIGHTS,
  },
  {
    name: 'one address opens all streams',
    file: 'hub/hub',
    find: '|| ofAddress >= streamsPerAddress',
    replace: '',
    caughtBy: HUB,
  },
  {
    name: 'what a node answers is believed',
    file: 'cluster/foreign',
    find: 'if (place === undefined) return plain;',
    replace: 'return plain;',
    caughtBy: FOREIGN,
  },
  {
    name: 'an answer may be of any size',
    file: 'cluster/foreign',
    find: 'return plainOf(value, { entries: Math.min(entries, ENTRIES_MAX), chars });',
    replace: 'return plainOf(value);',
    caughtBy: FOREIGN,
  },
  {
    name: 'a node moves the axis of time by its clock',
    file: 'cluster/history',
    find: 'const isApart = Math.abs(sheet.timeMs - nowMs) > APART_MS;',
    replace: 'const isApart = false;',
    caughtBy: FOREIGN,
  },
  {
    name: 'a node draws the axis of time out by its step',
    file: 'cluster/history',
    find: 'const stepMs = Math.min(most.stepMs, coarsestMs);',
    replace: 'const stepMs = coarsestMs;',
    caughtBy: FOREIGN,
  },
  {
    name: 'rates of an hour ago are shown as those of now',
    file: 'cluster/node-file',
    find: 'this.rates = before === undefined ? undefined : ratesOf(before, figures);',
    replace: 'this.rates = before && (ratesOf(before, figures) ?? this.rates);',
    caughtBy: FIGURES,
  },
  {
    name: 'nodes that never answer keep the others waiting',
    file: 'cluster/watch',
    find: 'file.problem === undefined ? this.#turnstile : this.#doubtful',
    replace: 'this.#turnstile',
    caughtBy: FOREIGN,
  },
  {
    name: 'that nobody has asked a node yet is news',
    file: 'cluster/notices',
    find: `if (state === 'up' ? !file.isMissed : !isKnown)`,
    replace: 'if (false)',
    caughtBy: 'cluster/watch.test',
  },
  {
    name: 'each viewer has nodes asked for himself',
    file: 'hub/hub',
    find: 'if (known !== undefined) return known;',
    replace: '',
    caughtBy: HUB,
  },
  {
    name: 'questions to all nodes are not shared',
    file: 'cluster/single-flight',
    find: 'if (flying !== undefined) return flying;',
    replace: '',
    caughtBy: FIGURES,
  },
  {
    name: 'any number of questions wait',
    file: 'cluster/turnstile',
    find: 'else if (this.#waiting.length >= this.#waitingMax) throw observerBusy();',
    replace: '',
    caughtBy: FIGURES,
  },
  {
    name: 'a slow browser is kept all that it has not taken',
    file: 'hub/viewer',
    find: 'this.#records.length > RECORD_FRAMES_MAX || this.#recordBytes > RECORD_BYTES_MAX',
    replace: 'false',
    caughtBy: HUB,
  },
  {
    name: 'a browser that takes nothing is never given up',
    file: 'hub/viewer',
    find: 'return this.#missedBeats <= missedMax;',
    replace: 'return true;',
    caughtBy: HUB,
  },
  {
    name: 'a renewal that failed leaves its follow behind',
    file: 'hub/node-follow',
    find: `this.#drop();
            if (!this.#isWanted)`,
    replace: 'if (!this.#isWanted)',
    caughtBy: FOLLOW,
  },
  {
    name: 'a follow that is lost while it is renewed begins twice',
    file: 'hub/node-follow',
    find: 'if (!this.#isAsking) this.#again(0);',
    replace: 'this.#again(0);',
    caughtBy: FOLLOW,
  },
  {
    name: 'a storm is told as it comes',
    file: 'hub/cluster-follow-topic',
    find: 'return this.#second.taken <= this.#perSecondMax;',
    replace: 'return true;',
    caughtBy: ALL_FOLLOW,
  },
  {
    name: 'payloads are told to those who may not see them',
    file: 'hub/subject',
    find: `return may(view, 'payloads') ? record : withoutPayload(record);`,
    replace: 'return record;',
    caughtBy: 'hub/payloads.test',
  },
  {
    name: 'a mailbox is shown with what is in it',
    file: 'hub/payloads',
    find: 'waiting.map(withoutPayload)',
    replace: 'waiting',
    caughtBy: 'hub/payloads.test',
  },
  {
    name: 'a search finds out what is in a hidden payload',
    file: 'hub/teller',
    find: 'requireOpenSearch(view, asked.payload);',
    replace: '',
    caughtBy: NARROW,
  },
  {
    name: 'a question leads to a node that is not shown',
    file: 'hub/teller',
    find: 'requireNamedNodes(view, asked.payload);',
    replace: '',
    caughtBy: NARROW,
  },
  {
    name: 'sums of nodes that are not shown are told',
    file: 'cluster/sheet',
    find: 'sees === undefined ? parts : narrowed(parts, sees)',
    replace: 'parts',
    caughtBy: NARROW,
  },
  {
    name: 'an explanation names nodes that are not shown',
    file: 'hub/narrow',
    find: 'if (narrow === undefined) return answer;',
    replace: 'return answer;',
    caughtBy: NARROW,
  },
  {
    name: 'whoever may order may look',
    file: 'hub/teller',
    find: "requireCapability(view, 'inspect');",
    replace: '',
    caughtBy: NARROW,
  },
  {
    name: 'whoever may look may order',
    file: 'web/manager',
    find: 'requireCapability(view, read.capability);',
    replace: '',
    caughtBy: MANAGE,
  },
  {
    name: 'a short name reaches nodes that are not shown',
    file: 'web/manager',
    find: 'node === undefined || node === at)',
    replace: 'true)',
    caughtBy: MANAGER,
  },
  {
    name: 'a confirmation is skipped',
    file: 'web/manager',
    find: 'requireConfirmed(read);',
    replace: '',
    caughtBy: MANAGE,
  },
  {
    name: 'what was done is written nowhere',
    file: 'web/manager',
    find: `note('done');`,
    replace: '',
    caughtBy: MANAGE,
  },
  {
    name: 'wrong logins push out what was done',
    file: 'web/audit',
    find: `if (outcome === 'done') return 'done';`,
    replace: `return 'strangers';`,
    caughtBy: AUDIT,
  },
  {
    name: 'whoever is refused fills the log',
    file: 'web/refusals',
    find: 'if (this.#ofOne.left(one) < 1 || this.#ofAll.left(ALL) < 1) {',
    replace: 'if (false) {',
    caughtBy: AUDIT,
  },
  {
    name: 'each address of a network of IPv6 has tries of its own',
    file: 'web/address',
    find: 'groups.slice(0, OF_ONE)',
    replace: 'groups',
    caughtBy: ATTEMPTS,
  },
  {
    name: 'a flush that is too large for a viewer is told in one piece',
    file: 'hub/audience',
    find: 'records.length > 1 ? PIECE_BYTES : RECORD_BYTES_MAX',
    replace: 'Number.MAX_SAFE_INTEGER',
    caughtBy: 'hub/viewer.test',
  },
  {
    name: 'the mark of a secret is written in its place',
    file: 'ask/values',
    find: 'if (isMarked(value, 0)) {',
    replace: 'if (false) {',
    caughtBy: VALUES,
  },
  {
    name: 'nobody is told which nodes did not answer',
    file: 'cluster/merge',
    find: 'missing: missing.sort(byNode)',
    replace: 'missing: []',
    caughtBy: FOREIGN,
  },
  {
    name: 'a node that is gone is shown as if it were there',
    file: 'cluster/node-file',
    find: `if (member?.state === 'gone') return 'down';`,
    replace: '',
    caughtBy: CLUSTER,
  },
  {
    name: 'one viewer may ask for ever',
    file: 'web/app',
    find: 'requirePace(pace, costOfAsked(asked));',
    replace: '',
    caughtBy: SAFETY,
  },
  {
    name: 'what a stream looks at again and again counts as nothing',
    file: 'hub/topic',
    find: 'if (this.looks > 1)',
    replace: 'if (false)',
    caughtBy: PACES,
  },
  {
    name: 'a wish for other subjects counts as nothing',
    file: 'hub/hub',
    find: 'fresh.reduce((sum, { cost }) => sum + cost, 0)',
    replace: '0',
    caughtBy: PACES,
  },
  {
    name: 'viewers may ask a node for all that it answers',
    file: 'hub/paced-verbs',
    find: 'const waitMs = cost === 0 ? 0 : paces.take(node, cost, by);',
    replace: 'const waitMs = 0;',
    caughtBy: PACES,
  },
  {
    name: 'viewers may have a node look for all that it does at a time',
    file: 'hub/paced-verbs',
    find: 'isScan(request) ? scan(question) : verbs.ask(question)',
    replace: 'verbs.ask(question)',
    caughtBy: PACES,
  },
  {
    name: 'who floods a node has as much of it as who asks now and then',
    file: 'hub/paces',
    find: 'const kept = shares.keptBy(who, cost, this.#nowMs());',
    replace: 'const kept = 0;',
    caughtBy: PACES,
  },
  {
    name: 'a user has as much again with each cookie',
    file: 'web/app',
    find: 'const isNamed = surface.authorize !== undefined;',
    replace: 'const isNamed = false;',
    caughtBy: SAFETY,
  },
  {
    name: 'each name that is asked for is kept',
    file: 'hub/buckets',
    find: 'if (this.#buckets.size >= keptMax && key !== OTHERS)',
    replace: 'if (false)',
    caughtBy: 'hub/buckets.test',
  },
  ...METRIC_FAULTS,
])

export const FIELD: Field = {
  folder: 'packages/observer',
  parts: ['dist-page'],
  faults: PLANTED_FAULTS,
}
