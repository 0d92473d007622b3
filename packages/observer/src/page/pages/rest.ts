/**
 * page/pages/rest: the pages that do not come with the frame: one script, loaded after it.
 */
export { ApplicationsPage } from './applications.js'
export { AuditPage } from './audit.js'
export { DeadLettersPage } from './dead-letters.js'
export { EventsPage } from './events.js'
export { LeaderPage } from './leader.js'
export { LogsPage } from './logs.js'
export { MetricsPage } from './metrics.js'
export { NetworkPage } from './network/network.js'
export { NodePage } from './node/node.js'
export { ProcessesPage } from './processes.js'
export { ProfilerPage } from './profiler/profiler.js'
export { ServicesPage } from './services.js'
export { TracingPage } from './tracing.js'
