/** How far a download is. */
export interface DownloadProgress {
  /** The dataset's id on the Hub. */
  readonly dataset: string;
  /** `download`, or what is waited for. */
  readonly stage: string;
  /** Bytes that are there, and bytes of all files that were missing. */
  readonly done: number;
  readonly total: number | undefined;
}

/** How a dataset is taken from the Hub. `HF_ENDPOINT` and `HF_TOKEN` say which Hub, and as whom. */
export interface HubOptions {
  /** A branch, tag or commit; default `main`. */
  readonly revision?: string | undefined;
  /** Only what is in the cache; no network. Default: as HF_HUB_OFFLINE says. */
  readonly offline?: boolean | undefined;
  /** Ask the Hub where the branch or tag is now, in place of the commit that it was at when it was first asked for. */
  readonly refresh?: boolean | undefined;
  /** Default: TENBIN_CACHE, else `tenbin` in the user's folder for caches. */
  readonly cacheFolder?: string | undefined;
  readonly onDownload?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
