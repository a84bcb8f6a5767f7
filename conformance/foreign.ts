// What must be known of a distribution before it can be asked.

export type Foreign = { origin: URL; file: string; keyFile: string; keyPairId: string; client?: string };

const help = `
To run the conformance table against a distribution, say:
  TARGET=https://d111111abcdef8.cloudfront.net   where it is (https:// or http://, no path)
  EDGE_FILE=/media/ID/1/master.m3u8              the path of a file that is there, at least two folders deep
  EDGE_PRIVATE_KEY=key.pem                       a private key whose public half is in a trusted key group
  EDGE_KEY_PAIR_ID=K2JCJMDEHXQW5F                the id of that public key
and, if you like:
  EDGE_CLIENT_IP=198.51.100.7                    your public IPv4 address, for the rules on addresses
`;

/** The distribution that the variables name, if they name one. */
export function foreign(variables: NodeJS.ProcessEnv): Foreign | undefined {
  const { TARGET, EDGE_FILE: file, EDGE_PRIVATE_KEY: keyFile, EDGE_KEY_PAIR_ID: keyPairId, EDGE_CLIENT_IP: client } = variables;
  if (!TARGET) return undefined;
  if (!file || !keyFile || !keyPairId) {
    const needed = Object.entries({ EDGE_FILE: file, EDGE_PRIVATE_KEY: keyFile, EDGE_KEY_PAIR_ID: keyPairId });
    throw new Error(`Missing: ${needed.flatMap(([name, value]) => (value ? [] : [name])).join(', ')}.\n${help}`);
  }
  const origin = URL.canParse(TARGET) ? new URL(TARGET) : undefined;
  if (!origin || !/^https?:$/.test(origin.protocol) || origin.pathname !== '/') throw new Error(`TARGET is no origin: ${TARGET}\n${help}`);
  if (!/^(\/[\w.-]+){3,}$/.test(file)) throw new Error(`EDGE_FILE is no plain path at least two folders deep: ${file}\n${help}`);
  if (client && !/^\d+(\.\d+){3}$/.test(client)) throw new Error(`EDGE_CLIENT_IP is no IPv4 address: ${client}\n${help}`);
  return { origin, file, keyFile, keyPairId, client };
}
