// A certified identity provider, told by its first argument what to be: another's reading of the same standards.
import { pathToFileURL } from "node:url";

const told = JSON.parse(process.argv[2]);
const { Provider } = await import(pathToFileURL(`${told.packages}/oidc-provider/lib/index.js`));

const provider = new Provider(told.issuer, {
  clients: [
    {
      client_id: told.client_id,
      application_type: "native",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      id_token_signed_response_alg: "ES256",
      jwks: told.client_keys,
      redirect_uris: [`${told.portal}/login/callback`],
      post_logout_redirect_uris: [`${told.portal}/logout`],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      dpop_bound_access_tokens: true,
    },
  ],
  jwks: { keys: [told.own_key] },
  cookies: { keys: ["made up for this test"] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  acrValues: ["Level4"],
  scopes: ["openid", "profile", ...Object.keys(told.scopes)],
  claims: { openid: ["sub", "acr"], profile: ["name"], ...told.scopes },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...told.person }) }),
  features: {
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true },
    devInteractions: { enabled: true },
  },
});

provider.listen(Number(new URL(told.issuer).port), "127.0.0.1");
