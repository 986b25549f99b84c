/** Codes with which servers close a WebSocket: RFC 6455, section 7.4.1, and IANA's registry. */
export const POLICY_VIOLATION = 1008;
export const TOO_LARGE = 1009;
export const OVERLOADED = 1013;
