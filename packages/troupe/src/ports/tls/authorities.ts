/**
 * ports/tls/authorities: the authorities of the contract, by the name that ports know them by.
 */
export { type Authorities, asAuthorities } from '#contract'
