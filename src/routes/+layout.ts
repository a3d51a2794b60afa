// Everything shown comes from this device's own copy, so there is nothing to render elsewhere.
export const ssr = false;
export const prerender = false;
