package dev.kennel.image;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.kennel.image.YccPixels.Plane;
import dev.kennel.image.YccPixels.Sampling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes sound JPEGs of the usual form, 8 bits of luminance and chrominance, by FFmpeg, four times
 * as fast as Java does. What it does not take, whatever the reason, is left to {@link AnyFormat},
 * which finds out what is wrong: this class never refuses an image.
 *
 * <p>For a small square it decodes at a half, a quarter or an eighth of the size: of each block of
 * 8 x 8 pixels only as many frequencies as the smaller block can show.
 */
final class FastJpeg {
  private static final Logger LOG = LoggerFactory.getLogger(FastJpeg.class);

  /** From libavcodec: any fault in the data is an error. */
  private static final int EXPLODE = 1 << 3;

  /** Of narrower images libjpeg takes coarse chrominance as it is. */
  private static final int NOT_SMOOTHED = 4;

  /** FFmpeg's {@code lowres}: how often it can halve the size, until a block is one pixel. */
  private static final int MOST_HALVINGS = 3;

  /**
   * How many times the target a reduced side still is at least. At once the target, squares of
   * photographs differ from those of full decoding by 1.5 to 2.2 of 255 on average, at twice by 0.3
   * to 0.8.
   */
  private static final int LEAST_TIMES_TARGET = 2;

  /** Decoders that no thread uses at the moment, by how often they halve. */
  private static final List<Queue<FastJpeg>> IDLE =
      Stream.<Queue<FastJpeg>>generate(ConcurrentLinkedQueue::new)
          .limit(MOST_HALVINGS + 1)
          .toList();

  private static final Map<Integer, Sampling> SAMPLINGS =
      Map.of(
          AV_PIX_FMT_YUVJ420P, Sampling.HALF_AS_WIDE_AND_HIGH,
          AV_PIX_FMT_YUVJ422P, Sampling.HALF_AS_WIDE,
          AV_PIX_FMT_YUVJ444P, Sampling.NOT_COARSER);

  private final AVCodecContext context = avcodec_alloc_context3(Library.DECODER);
  private final AVPacket packet = av_packet_alloc();
  private final AVFrame frame = av_frame_alloc();

  private FastJpeg(int halvings) {
    context.thread_count(1);
    context.err_recognition(EXPLODE);
    context.lowres(halvings);
    check(avcodec_open2(context, Library.DECODER, (AVDictionary) null));
  }

  /** Loads the library once, when first asked for. */
  private static final class Library {
    static final AVCodec DECODER = decoder();

    private static AVCodec decoder() {
      try {
        av_log_set_level(AV_LOG_QUIET);
        return avcodec_find_decoder(AV_CODEC_ID_MJPEG);
      } catch (LinkageError e) {
        LOG.warn("FFmpeg is not to be had here ({}): JPEGs are decoded by Java", e.toString());
        return null;
      }
    }
  }

  /** The image, not turned, if it can be decoded here and is sound as far as can be told. */
  static Optional<RgbImage> decode(byte[] bytes, DecodeOptions options) {
    Optional<JpegSegment> header = usualFrame(bytes);
    if (header.isEmpty() || Library.DECODER == null) {
      return Optional.empty();
    }
    int width = header.get().width(bytes);
    int height = header.get().height(bytes);
    int halvings = halvings(Math.min(width, height), options.targetSize());
    Queue<FastJpeg> idle = IDLE.get(halvings);
    FastJpeg free = idle.poll();
    FastJpeg decoder = free == null ? new FastJpeg(halvings) : free;
    try {
      Side columns = new Side(width, 1 << halvings, 0);
      Side rows = new Side(height, 1 << halvings, 0);
      return decoder.image(bytes, columns, rows, options.maxPixels());
    } finally {
      idle.add(decoder);
    }
  }

  /** How often a side can be halved until it would be shorter than is needed for the target. */
  static int halvings(int shorter, int targetSize) {
    int halvings = 0;
    while (targetSize > 0
        && halvings < MOST_HALVINGS
        && shorter >> (halvings + 1) >= (long) LEAST_TIMES_TARGET * targetSize) {
      halvings++;
    }
    return halvings;
  }

  /** The frame of a JPEG that has an end, and colours that all decoders take for the same. */
  private static Optional<JpegSegment> usualFrame(byte[] bytes) {
    int last = bytes.length - 1;
    if (last < 3 || bytes[last - 1] != (byte) 0xff || bytes[last] != (byte) 0xd9) {
      return Optional.empty();
    }
    List<JpegSegment> segments = JpegSegment.of(bytes);
    List<JpegSegment> frames = segments.stream().filter(JpegSegment::isFrame).toList();
    // Adobe's segment may say that colours are stored as they are.
    boolean usual =
        frames.size() == 1
            && frames.get(0).isYcc(bytes)
            && segments.stream().noneMatch(s -> s.marker() == JpegSegment.ADOBE)
            && segments.stream().anyMatch(s -> s.marker() == JpegSegment.SCAN);
    return usual ? Optional.of(frames.get(0)) : Optional.empty();
  }

  private Optional<RgbImage> image(byte[] bytes, Side width, Side height, long maxPixels) {
    try {
      avcodec_flush_buffers(context);
      context.max_pixels(maxPixels);
      check(av_new_packet(packet, bytes.length));
      packet.data().capacity(bytes.length).put(bytes);
      boolean sound =
          avcodec_send_packet(context, packet) >= 0
              && avcodec_receive_frame(context, frame) >= 0
              && frame.decode_error_flags() == 0
              && frame.width() == width.samples()
              && frame.height() == height.samples();
      return sound ? taken(width, height) : Optional.empty();
    } finally {
      av_packet_unref(packet);
      av_frame_unref(frame);
    }
  }

  private Optional<RgbImage> taken(Side width, Side height) {
    Sampling sampling = SAMPLINGS.get(frame.format());
    if (sampling == null) {
      return Optional.empty();
    }
    int columns = width.samples();
    if (sampling != Sampling.NOT_COARSER && columns <= NOT_SMOOTHED) {
      return Optional.empty();
    }
    int rows = height.samples();
    int coarse = sampling == Sampling.HALF_AS_WIDE_AND_HIGH ? (rows + 1) / 2 : rows;
    YccPixels pixels =
        new YccPixels(columns, rows, sampling, plane(0, rows), plane(1, coarse), plane(2, coarse));
    return Optional.of(new RgbImage(width, height, pixels));
  }

  private Plane plane(int component, int rows) {
    int stride = frame.linesize(component);
    byte[] samples = new byte[stride * rows];
    frame.data(component).capacity(samples.length).get(samples);
    return new Plane(samples, stride);
  }

  private static void check(int status) {
    if (status < 0) {
      throw new IllegalStateException("Cannot decode JPEGs: FFmpeg answers " + status);
    }
  }
}
