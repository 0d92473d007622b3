/**
 * store/etcd/job-places: under which keys of an etcd one cluster keeps its jobs. Pure.
 *
 *   {prefix}/cluster/{cluster}/jobs/{clusterId}/job/{id}    a job
 *   {prefix}/cluster/{cluster}/jobs/{clusterId}/book        who opened the jobs last
 *   {prefix}/cluster/{cluster}/jobs/{clusterId}/identity    which jobs these are
 *
 * The prefix that is read and watched ends in a slash, so that `jobs` never has keys of `jobs2`.
 */
import { isName } from '#jobs/store/entry'

export interface JobPlaces {
  /** What all keys begin with. */
  readonly all: string
  readonly book: string
  readonly identity: string
  jobKey(id: string): string
  /** The id of the job that a key is of; undefined: of none. */
  idOf(key: Buffer): string | undefined
}

export interface PlacesOf {
  /** Default `services/troupe`, as of the registrar and of who leads. */
  readonly prefix?: string
  readonly cluster: string
  readonly clusterId: string
}

export function placesOf({ prefix = 'services/troupe', cluster, clusterId }: PlacesOf): JobPlaces {
  const all = `${prefix}/cluster/${cluster}/jobs/${clusterId}/`
  const jobs = `${all}job/`
  return Object.freeze({
    all,
    book: `${all}book`,
    identity: `${all}identity`,
    jobKey: (id: string) => `${jobs}${id}`,
    idOf(key: Buffer) {
      const text = key.toString('latin1')
      const id = text.startsWith(jobs) ? text.slice(jobs.length) : undefined
      return isName(id) ? id : undefined
    },
  })
}
