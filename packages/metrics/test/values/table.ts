/**
 * metrics/test/values/table: a row of the table of expected values.
 */

/** By the text behind the name: `_sum`, `{code="X"}`; every line carries the own node besides. */
export type Lines = Readonly<Record<string, number>>

/** A metric after `troupe_`, and its only line or all of them. */
export type Values = readonly [name: string, expected: number | Lines]

/** One line for each of the two other nodes of the kit. */
export const peers = (y: number, z: number): Lines => ({
  '{remote_node="y@host"}': y,
  '{remote_node="z@host"}': z,
})

/** One line for the other node whose connection the kit has. */
export const linked = (y: number): Lines => ({ '{remote_node="y@host"}': y })

/** One line for each node of the service of the kit. */
export const routes = (y: number, z: number): Lines => ({
  '{service="shop",remote_node="y@host"}': y,
  '{service="shop",remote_node="z@host"}': z,
})

/** The service of the kit as a whole. */
export const service = (value: number): Lines => ({ '{service="shop"}': value })

/** One line for each of the two that are led, of which one has no name. */
export const leaders = (jobs: number, locks: number): Lines => ({
  '{cluster_id="jobs",name="job"}': jobs,
  '{cluster_id="locks",name=""}': locks,
})

export const cronJobs = (night: number, day: number): Lines => ({
  '{job_name="night"}': night,
  '{job_name="day"}': day,
})

/** The first process of each list of the kit. */
export const first = (value: number): Lines => ({
  '{pid="<x@host.1>",name="job",application="jobs",behavior="worker"}': value,
})

/** The first event of each list of the kit. */
export const firstEvent = (value: number): Lines => ({
  '{event="news",producer="<x@host.1>"}': value,
})
