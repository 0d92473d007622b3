/**
 * Faults in the client of an etcd: each of them is a write done twice, a hole in what is told, a
 * lease that is believed too long, or a call that hangs.
 */
import type { Fault } from '@troupe/tools/planting'

const COURSE = 'client/course.test'
const CHANCE = 'client/course-chance.test'
const LEASE = 'client/lease.test'
const OPTIONS = 'client/options.test'
const QUESTIONS = 'client/questions.test'
const WATCH = 'client/watch.test'

export const CLIENT_FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'a write of which nobody knows what became is sent again',
    file: 'client/course',
    find: `if (!this.#isRepeatable) this.#decide({ kind: 'failed', error: this.#failure() });`,
    replace: '',
    caughtBy: CHANCE,
  },
  {
    name: 'one endpoint that is silent holds up a read to its end',
    file: 'client/course',
    find: 'await Promise.race([flight, patience.sleep(partMs), this.#decided]);',
    replace: 'await flight;',
    caughtBy: COURSE,
  },
  {
    name: 'what was sent is called unsent when the time is over',
    file: 'client/attempt',
    find: `resolve({ kind: 'lost', problem: `,
    replace: `resolve({ kind: 'unsent', distrusted: false, problem: `,
    caughtBy: CHANCE,
  },
  {
    name: 'a question that nobody waits for stays on the line',
    file: 'client/attempt',
    find: 'takeBack?.();',
    replace: '',
    caughtBy: COURSE,
  },
  {
    name: 'a token that is old is renewed for ever',
    file: 'client/course',
    find: 'this.#renewing ??= this.#renew(token);',
    replace: 'this.#renewing = this.#renew(token).then(() => { this.#token += 1; });',
    caughtBy: COURSE,
  },
  {
    name: 'a lease is believed from its answer on',
    file: 'client/lease',
    find: 'Math.max(this.#untilMs, sentMs + ttlMs)',
    replace: 'Math.max(this.#untilMs, this.#needs.world.clock.nowMs() + ttlMs)',
    caughtBy: LEASE,
  },
  {
    name: 'a lease has ended when a leader does not know it yet',
    file: 'client/lease',
    find: 'await catchUp(this.#needs.calls, { timeoutMs: this.#patienceMs() });',
    replace: 'return undefined;',
    caughtBy: LEASE,
  },
  {
    name: 'a lease of another one has ended when a leader does not know it yet',
    file: 'client/connect-etcd',
    find: 'await catchUp(this.#calls, left());',
    replace: 'return 0;',
    caughtBy: QUESTIONS,
  },
  {
    name: 'a range is to be read to its end within the time of one question',
    file: 'client/connect-etcd',
    find: 'return readAll(range, (ask) => this.range(ask, options));',
    replace: `const until = this.nowMs() + this.#options.requestTimeoutMs;
        return readAll(range, (ask) => this.range(ask, { timeoutMs: until - this.nowMs() }));`,
    caughtBy: QUESTIONS,
  },
  {
    name: 'a password in an endpoint is told',
    file: 'client/options',
    find: `'$1(hidden)@'`,
    replace: `'$&'`,
    caughtBy: OPTIONS,
  },
  {
    name: 'a lease is given up after an outage of its length',
    file: 'client/lease',
    find: 'this.#failures += 1;',
    replace: `this.#failures += 1; if (clock.nowMs() > this.#untilMs) this.#end('expired');`,
    caughtBy: LEASE,
  },
  {
    name: 'a watch goes on behind a progress that was asked for',
    file: 'client/watch-line',
    find: `!created && id !== '-1'`,
    replace: '!created',
    caughtBy: WATCH,
  },
  {
    name: 'a part of a revision is given as all of it',
    file: 'client/watch-line',
    find: 'if (fragment)',
    replace: 'if (false)',
    caughtBy: WATCH,
  },
  {
    name: 'a line that says nothing any more is kept',
    file: 'client/watch-line',
    find: 'if (this.#silences >= (this.#isCreated ? SILENCES_MAX : 1))',
    replace: 'if (silentMs < 0)',
    caughtBy: WATCH,
  },
  {
    name: 'a store that was restored and written to is taken for the same one',
    file: 'client/watch',
    find: 'isSame && (await this.#isAnchored())',
    replace: 'isSame',
    caughtBy: WATCH,
  },
  {
    name: 'what was told before the line was lost is told again',
    file: 'client/watch',
    find: 'fromRevision: this.#given + 1,',
    replace: 'fromRevision: this.#ask.fromRevision,',
    caughtBy: WATCH,
  },
])
