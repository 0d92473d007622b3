/**
 * Faults in supervisors, pools, applications and the calendar.
 */
import type { Mutant } from './mutant.js'

export const SUPERVISION_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'a double restart',
    file: 'actor/supervision',
    find: 'if (delayMs === 0) this.#again(child);',
    replace: 'if (delayMs === 0) { this.#again(child); this.#again(child); }',
    caughtBy: ['scenarios/semantics-supervisor.test'],
  },
  {
    name: 'a transient child that ends calmly is restarted',
    file: 'actor/restart-verdict',
    find: "return isCalm(reason) ? 'forget' : 'restart';",
    replace: "return 'restart';",
    caughtBy: ['unit/actor-restart-verdict.test'],
  },
  {
    name: 'an intensity window that never forgets',
    file: 'actor/restart-window',
    find: 'if (oldestMs === undefined || nowMs - oldestMs <= withinMs) return false;',
    replace: 'return false;',
    caughtBy: ['unit/actor-restart-window.test', 'scenarios/semantics-supervisor.test'],
  },
  {
    name: 'an intensity window that is never full',
    file: 'actor/restart-window',
    find: 'if (oldestMs === undefined || nowMs - oldestMs <= withinMs) return false;',
    replace: '',
    caughtBy: ['scenarios/semantics-supervisor.test'],
  },
  {
    name: 'a back-off without growth',
    file: 'actor/backoff',
    find: 'backoff.firstMs * backoff.factor ** (wait - 1)',
    replace: 'backoff.firstMs',
    caughtBy: ['scenarios/semantics-supervisor-stop.test'],
  },
  {
    name: 'a back-off without a limit',
    file: 'actor/backoff',
    find: 'Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** (wait - 1))',
    replace: 'backoff.firstMs * backoff.factor ** (wait - 1)',
    caughtBy: ['scenarios/semantics-supervisor-stop.test'],
  },
  {
    name: 'a shutdown order that is not reversed',
    file: 'actor/supervision',
    find: "this.#patience.phase = 'ending'; await this.stopAll([...this.children].reverse());",
    replace: "this.#patience.phase = 'ending'; await this.stopAll([...this.children]);",
    caughtBy: ['scenarios/semantics-supervisor-stop.test'],
  },
  {
    name: 'a child that does not end in time is never killed',
    file: 'actor/offspring',
    find: 'this.#context.kill(pid);',
    replace: '',
    caughtBy: ['scenarios/semantics-supervisor-stop.test'],
  },
  {
    name: 'rest-for-one restarts those before the failed child',
    file: 'actor/restart-plan',
    find: 'return position >= failed;',
    replace: 'return position <= failed;',
    caughtBy: ['scenarios/semantics-supervisor.test'],
  },
  {
    name: 'a significant child that ends does not end its supervisor',
    file: 'actor/supervision',
    find: "if (ends) this.context.stop('shutdown');",
    replace: '',
    caughtBy: ['scenarios/semantics-supervisor.test'],
  },
  {
    name: 'a pool counts no saturation',
    file: 'actor/pool-state',
    find: "return this.#context.refuse('pool-saturated', error);",
    replace: 'return NoReply;',
    caughtBy: ['scenarios/semantics-account.test', 'scenarios/pool-forwarding.test'],
  },
  {
    name: 'applications are stopped in the order they were started',
    file: 'runtime/applications/application-table',
    find: 'for (const application of this.#running().reverse())',
    replace: 'for (const application of this.#running())',
    caughtBy: ['unit/applications-stop.test'],
  },
  {
    name: 'members are stopped in the order they were started',
    file: 'runtime/applications/application',
    find: 'for (const member of [...this.#members].reverse())',
    replace: 'for (const member of [...this.#members])',
    caughtBy: ['unit/applications-stop.test'],
  },
  {
    name: 'dependencies of an application are not started first',
    file: 'runtime/applications/application-table',
    find: 'for (const dependency of order.names.slice(0, -1)) await this.#startNeeded(name, dependency);',
    replace: '',
    caughtBy: ['unit/applications-start.test'],
  },
  {
    name: 'a job runs twice in the hour that clocks repeat',
    file: 'runtime/cron/calendar',
    find: 'return hourOpen || !isRepeated(dueMs, offsetAt) ? undefined : lastRepeated(dueMs, offsetAt);',
    replace: 'return undefined;',
    caughtBy: ['unit/cron-calendar.test'],
  },
  {
    name: 'a job runs at another time when its own does not exist that day',
    file: 'runtime/cron/calendar',
    find: 'if (!cron.match(new Date(dueMs))) return dueMs;',
    replace: '',
    caughtBy: ['unit/cron-calendar.test'],
  },
])
