/** Policies that the relying party asks for (RFC 5280 §6.1.1); default: any policy, nothing required. */
export interface PolicyInput {
  readonly acceptable?: readonly string[];
  readonly requireExplicit?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAnyPolicy?: boolean;
}
