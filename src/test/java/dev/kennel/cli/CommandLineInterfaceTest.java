package dev.kennel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong before Spark starts: one line on standard error, exit code 2. */
class CommandLineInterfaceTest {
  private record Outcome(int code, String out, String err) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --epocs 3 | Unknown option --epocs: did you mean --epochs?; see kennel train --help",
        "train --epocs=3 | Unknown option --epocs: did you mean --epochs?; see kennel train --help",
        "trian | Unknown command trian: did you mean train?; see kennel --help",
        "compare --format xml | Cannot run kennel compare: Invalid value for option '--format'",
        "sql --format xml x | Cannot run kennel sql: Invalid value for option '--format'",
        "sql x --file y | Cannot run a query and --file: give one of them",
        "sql x --rows 0 | Cannot use --rows 0: it is 1 or more",
        "sql --file confused | Cannot run confused: there is no such file, nor a query of that name",
        "train --epochs ten | Cannot run kennel train: Invalid value for option '--epochs'",
        "train --epochs | Cannot run kennel train: Missing required parameter for option '--epochs'",
        "train --set epocs=3 | Unknown setting epocs in the command line: did you mean epochs?",
        "train --networks resnet81 | Unknown network resnet81: did you mean resnet18?",
        "train --epochs 0 | Cannot use epochs 0: it is 1 or more",
        "train --config absent.conf | Cannot read settings from absent.conf: there is no such file",
        "bench step --network resnet81 | Unknown network resnet81: did you mean resnet18?",
        "bench step --network resnet18 --batch 0 | Cannot use --batch 0: it is 1 or more",
        "bench --threads 0 step --network resnet18 | Cannot use --threads 0: it is 1 or more",
        "bench --threads 1 images --images x | Cannot use --threads for bench images: only bench",
        "bench step --network resnet18 --classes 1 | Cannot use --classes 1: it is 2 or more",
        "bench step --network resnet18 --precision f16 | Cannot compute in \"f16\": the precisions are",
        "bench step --network resnet18 --convolution fft | Cannot convolve by \"fft\": the algorithms",
        "train --convolution fft | Cannot use convolution fft: it is auto or direct",
        "train --mixup-alpha -1 | Cannot use augmentation.mixup-alpha -1.0",
        "train --cutmix-alpha -1 | Cannot use augmentation.cutmix-alpha -1.0",
        "train --random-erase 2 | Cannot use augmentation.random-erasing.probability 2.0",
        "train --auto-augment ra --ra-magnitude 31 | Cannot use augmentation.randaugment.magnitude 31",
        "train --auto-augment rb | Cannot run kennel train: Invalid value for option '--auto-augment': the policy is ra, RandAugment, and not rb",
        "train --set schedule.name=constant --warm-up-averaging-frequency 1 | Cannot use warm-up-averaging-frequency where the learning rate does not rise",
        "train --precision f16 | Cannot use precision f16: it is f32 or bf16",
        "bench step | Cannot run kennel bench step: Missing required option: '--network=NAME'",
        "train --resume r --output target/none | Cannot resume r: target/none has no such run",
        "train --resume r --epochs 9 | Cannot resume r with other settings: give --resume and",
        "train --checkpoint-every day | Cannot use checkpoint-every \"day\": write it as 1 epoch",
        "train --seed 1 --seeds 2,3 | Cannot use seed 1 together with seeds 2, 3: give one of them, or",
        "train --seeds 2,3,2 | Cannot use seed 2 twice: both runs would be the same",
        "train --seeds 1,two | Cannot use seed \"two\": it is a whole number",
        "train --resume r --seeds 1,2 | Cannot resume r with other settings: give --resume and",
        "show-augmentation --set seeds=[1,2] | Cannot use 2 seeds here, where there is one run: give",
        "sweep | Cannot run kennel sweep: Missing required parameter: 'FILE'",
        "sweep target/none | Cannot read a sweep from target/none: there is no such file",
        "sweep conf/samples.conf | Cannot sweep by conf/samples.conf: it has no block sweep { … }",
        "sweep a --seeds 1 | Unknown option --seeds: did you mean --seed?; see kennel sweep --help",
        "plan --network resnet81 --workers 2 --bandwidth 1 | Unknown network resnet81: did you mean",
        "plan --network resnet18 --workers 1 --bandwidth 1 | Cannot plan for --workers 1 in one executor",
        "plan --network resnet18 --workers 0 --bandwidth 1 | Cannot use workers 0: it is 1 or more",
        "plan --network resnet18 --workers 2 --bandwidth 10GB | Cannot use --bandwidth 10GB: it is Gbit/s",
        "plan --network resnet18 --workers 2 --bandwidth 0 | Cannot use --bandwidth 0: it is Gbit/s",
        "plan --network resnet18 --workers 2 --bandwidth 1 --fraction 1 | Cannot use --fraction 1.0: it",
        "show-augmentation --variants 0 | Cannot use --variants 0: it is 1 or more",
        "show-augmentation --output target/none/a.png | Cannot write target/none/a.png: there is no",
        "show-augmentation --images target/none | Cannot read images from target/none: there is no",
        "show-augmentation --set manifest=dogs.csv | Cannot show the images of a manifest, dogs.csv",
        "show-augmentation --set augmentation.hue=2 | Cannot use augmentation.hue 2.0: it is a share",
        "show-augmentation --set augmentation.mixup=1 | Unknown setting augmentation.mixup in the",
        "train --train-images a | Cannot train with only one of train-images and test-images",
        "report --port 70000 | Cannot use --port 70000: it is 0 to 65535",
        "report --file target | Cannot write target: it is a folder; name a file",
        "report --file target/none/a.html | Cannot write target/none/a.html: there is no folder",
        "compare --all --run a | Cannot use --all together with --run: it is every run",
        "report --all --run a | Cannot use --all together with --run: it is every run",
        "jupyter | Cannot run kennel jupyter: it needs one of the commands install, uninstall",
        "jupyter instal | Unknown command instal: did you mean install?; see kennel jupyter --help",
        "jupyter kernel target/none | Cannot read the connection file target/none",
        "export --format onnx | Cannot run kennel export: Missing required option: '--model=DIR'",
        "export --model target/none --format onnx | Cannot load a model from target/none: there is no",
        "export --model a --format tflite | Cannot run kennel export: Invalid value for option '--format'",
        "inspect --train-images a | Cannot train with only one of train-images and test-images",
        "inspect --near-distance 11 | Cannot use --near-distance 11: it is 0 to 10",
        "inspect --near-distance few | Cannot run kennel inspect: Invalid value for option",
        "inspect --imags a | Unknown option --imags: did you mean --images?; see kennel inspect --help",
        "inspect --set imags=a | Unknown setting imags in the command line: did you mean images?"
      })
  void aMistakeIsOneLineAndExitCodeTwo(String arguments, String message) {
    Outcome outcome = run(arguments.split(" "));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith(message).hasLineCount(1);
    assertThat(outcome.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "sweep",
        "inspect",
        "compare",
        "report",
        "sql",
        "jupyter",
        "bench",
        "bench step",
        "plan",
        "show-augmentation",
        "export"
      })
  void helpTeachesWithExamples(String command) {
    Outcome outcome = run((command + " --help").split(" "));
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("Usage: kennel " + command, "Examples:", "kennel " + command);
  }

  @Test
  void helpNamesTheCommands() {
    assertThat(run("--help").out())
        .contains(
            "train",
            "sweep",
            "inspect",
            "compare",
            "sql",
            "jupyter",
            "bench",
            "plan",
            "show-augmentation",
            "export",
            "submit/local.sh");
  }

  @Test
  void versionNamesTheCommitItWasBuiltFrom() {
    Outcome outcome = run("--version");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).matches("kennel \\d+\\.\\d+\\.\\d+ \\([0-9a-z-]+\\)\\R");
  }

  @Test
  void noCommandShowsHelpAndIsAMistake() {
    Outcome outcome = run();
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("Usage: kennel");
  }

  private static Outcome run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      int code = CommandLineInterface.run(arguments);
      return new Outcome(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
