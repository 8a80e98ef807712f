// Of every member over libp2p, in a process or a page: fast enough for a test, in the proportions of the defaults.

export const CHANNEL = "mesh";

export const config = {
  maxCausalHistory: 20,
  maxRepairRequests: 50,
  resendInterval: 1500,
  bufferSweepInterval: 500,
  maxResendAttempts: 20,
  syncMessageInterval: 1000,
  repairTMin: 200,
  repairTMax: 2000,
  repairSweepInterval: 200,
};

/** Of gossipsub. */
export const heartbeatInterval = 300;
