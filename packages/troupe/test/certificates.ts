/**
 * Certificates for tests, by the name that the tests of this package know them by.
 */
export type { IssueOptions, TestAuthority, TestPair } from '@troupe/tools/certificates'
export { testAuthority } from '@troupe/tools/certificates'
