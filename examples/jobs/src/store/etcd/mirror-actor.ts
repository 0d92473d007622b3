/**
 * store/etcd/mirror-actor: the process in whose time a mirror reads and follows.
 */
import { actor, protocol } from 'troupe'
import { worldOf } from '#jobs/store/book-world'
import type { JobMirror } from './job-mirror.js'

export const MIRROR_NAME = 'jobs-mirror'

export const mirrorActor = actor(protocol(MIRROR_NAME, {}), {
  init: (mirror: JobMirror) => mirror,
  started: (mirror, context) => {
    mirror.begin({ ...worldOf(context), log: context.log })
  },
  on: {},
  terminate: (mirror) => mirror.close(),
  inspect: (mirror) => ({
    ...{ jobs: mirror.counts, revision: mirror.revision, problem: mirror.problem },
    ...{ loads: mirror.loads, rewinds: mirror.rewinds, oddities: mirror.oddities.length },
  }),
})
