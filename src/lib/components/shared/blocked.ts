/**
 * Why something cannot be pressed now. `reason`: shown beside it by the component itself; `describedBy`: the id of the element
 * in which the caller shows it. A control is never disabled without one of the two.
 */
export type Blocked = { readonly reason: string } | { readonly describedBy: string };
