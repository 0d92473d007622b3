/**
 * metrics/test/renew-reference: writes docs/reference/metrics.md anew, after a metric has changed.
 */
import { writeFileSync } from 'node:fs'
import { referencePage } from '#test/reference-page'

writeFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), referencePage())
