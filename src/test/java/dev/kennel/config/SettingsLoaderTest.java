package dev.kennel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.kennel.config.AugmentationSettings.ColorJitter;
import dev.kennel.config.AugmentationSettings.RandAugment;
import dev.kennel.config.AugmentationSettings.RandomErasing;
import dev.kennel.config.AugmentationSettings.RandomResizedCrop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
  static final List<String> PRESETS = SettingsLoader.PRESETS;

  private static final Map<String, Object> DOGS = Map.of("images", "dogs");

  @TempDir Path folder;

  @Test
  void theSettingsOfAnEarlierRunAreThoseOfItsJsonButForTheOutput() {
    Settings run =
        SettingsLoader.load(
            Optional.of("laptop"),
            Map.of("images", "/dogs", "epochs", 7, "checkpoint-every", "50 rounds"),
            List.of("schedule.name=cosine"));
    Settings restored = SettingsLoader.restore(run.json(), "moved");
    assertThat(restored.output()).isEqualTo("moved");
    assertThat(restored.cache()).isEqualTo("moved/prepared");
    assertThat(restored)
        .usingRecursiveComparison()
        .ignoringFields("output", "cache", "json")
        .isEqualTo(run);
  }

  @Test
  void aCheckpointIsDueAfterSoManyEpochsOrRounds() {
    CheckpointSettings epochs = CheckpointSettings.of("2 epochs", 1);
    assertThat(epochs.isDueAfterEpoch(4, 40)).isTrue();
    assertThat(epochs.isDueAfterEpoch(3, 30)).isFalse();
    assertThat(epochs.isDueWithinEpoch(42)).isFalse();
    CheckpointSettings rounds = CheckpointSettings.of("15 rounds", 1);
    assertThat(rounds.isDueWithinEpoch(15)).isTrue();
    assertThat(rounds.isDueAfterEpoch(3, 30)).isTrue();
    assertThat(rounds.isDueAfterEpoch(1, 10)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 epochs", "epoch", "2 days", "-1 rounds", ""})
  void anIntervalOfCheckpointsThatIsNoneIsRefused(String interval) {
    assertThatThrownBy(
            () ->
                SettingsLoader.load(
                    Optional.empty(), Map.of("checkpoint-every", interval), List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("write it as 1 epoch, 5 epochs or 50 rounds");
  }

  @Test
  void theDefaultsAreThoseOfTheFile() {
    Settings settings = load(Optional.empty(), DOGS);

    assertThat(settings.images().folder()).contains("dogs");
    assertThat(settings.images().testFraction()).isEqualTo(0.2);
    assertThat(settings.images().maxRejected()).isEqualTo(0.05);
    assertThat(settings.networks().keySet()).containsExactly("resnet18", "resfcn18");
    assertThat(settings.epochs()).isEqualTo(20);
    assertThat(settings.batchSize()).isEqualTo(32);
    assertThat(settings.workers()).isEmpty();
    assertThat(settings.threads()).isEmpty();
    assertThat(settings.averagingFrequency()).isEqualTo(4);
    assertThat(settings.optimizer().momentum()).isEqualTo(0.9);
    assertThat(settings.optimizer().weightDecay()).isEqualTo(0.0005);
    assertThat(settings.schedule())
        .isEqualTo(
            new ScheduleSettings(ScheduleSettings.Name.ONE_CYCLE, 0.15, 25, 250_000, 30, 0.1));
    assertThat(settings.seed()).isZero();
    assertThat(settings.output()).isEqualTo("output");
  }

  @Test
  void ofAugmentationOnlyFlipAndShiftAreOnByDefault() {
    AugmentationSettings augmentation = load(Optional.empty(), DOGS).augmentation();

    assertThat(augmentation)
        .isEqualTo(
            new AugmentationSettings(
                new RandomResizedCrop(Optional.empty(), new RangeSettings(0.75, 1.3333)),
                new ColorJitter(0, 0, 0, 0),
                new RandAugment(0, 9),
                0.1,
                true,
                new RandomErasing(0, new RangeSettings(0.02, 0.33), new RangeSettings(0.3, 3.3)),
                0,
                0));
  }

  @Test
  void aRangeIsAListOfTwoNumbers() {
    String key = "augmentation.random-resized-crop.scale";

    assertThat(load(Optional.empty(), DOGS, key + "=[0.08, 1]").augmentation().crop().scale())
        .contains(new RangeSettings(0.08, 1));
    assertThat(load(Optional.empty(), DOGS, key + "=null").augmentation().crop().scale()).isEmpty();
  }

  @Test
  void aRunOfAVersionThatOnlyFlippedAndShiftedGoesOnWithThat() {
    Settings settings =
        SettingsLoader.restore("{augmentation: {flip: false, shift: 0.05}, images: dogs}", "runs");

    assertThat(settings.augmentation().flip()).isFalse();
    assertThat(settings.augmentation().shift()).isEqualTo(0.05);
    assertThat(settings.augmentation().crop().scale()).isEmpty();
    assertThat(settings.augmentation().mixupAlpha()).isZero();
  }

  @Test
  void aRunOfAVersionThatCopiedNoRowsGoesOnWithoutCopies() {
    Settings run = load(Optional.empty(), DOGS);
    Config older = ConfigFactory.parseString(run.json()).withoutPath("tracking");
    Settings restored =
        SettingsLoader.restore(older.root().render(ConfigRenderOptions.concise()), "output");

    assertThat(restored.tracking())
        .isEqualTo(new TrackingSettings(Optional.empty(), Optional.empty(), "kennel"));
    assertThat(restored).usingRecursiveComparison().isEqualTo(run);
  }

  @Test
  void theJsonHoldsNoPasswordOfMlflowsServer() {
    Settings settings =
        load(Optional.empty(), DOGS, "tracking.mlflow=https://ann:se%40cret@host:5000/ml");

    assertThat(settings.json()).contains("\"mlflow\":\"https://host:5000/ml\"");
    assertThat(settings.toString()).doesNotContain("cret");
    assertThat(settings.tracking().mlflowServer().orElseThrow().getUserInfo())
        .isEqualTo("ann:se@cret");
    assertThat(SettingsLoader.restore(settings.json(), "output").tracking().mlflow())
        .contains("https://host:5000/ml");
  }

  @Test
  void theJsonHoldsEverySetting() {
    Config json = ConfigFactory.parseString(load(Optional.empty(), DOGS, "seed=7").json());

    assertThat(json.getString("images")).isEqualTo("dogs");
    assertThat(json.getInt("seed")).isEqualTo(7);
    assertThat(json.getString("workers")).isEqualTo("auto");
    assertThat(json.getDouble("schedule.warm-up")).isEqualTo(0.15);
    // A run has one seed.
    assertThat(json.root().keySet())
        .isEqualTo(resource("defaults").withoutPath("seeds").root().keySet());
  }

  @Test
  void eachOfSeveralSeedsIsARunWhoseSettingsHoldThatSeed() {
    List<Settings> runs =
        SettingsLoader.loadRuns(Optional.empty(), DOGS, List.of("seeds=3,1", "name=base"));
    assertThat(runs).extracting(Settings::seed).containsExactly(3L, 1L);
    assertThat(runs.get(1).json())
        .contains("\"seed\":1,", "\"name\":\"base\"")
        .doesNotContain("seeds");
    assertThat(SettingsLoader.restore(runs.get(1).json(), "output").seed()).isEqualTo(1);
  }

  @Test
  void seedsAreAListOrATextAndTheCommandLineMayTakeThemBack() {
    assertThat(SettingsLoader.loadRuns(Optional.empty(), DOGS, List.of("seeds=[5, 6]"))).hasSize(2);
    assertThat(SettingsLoader.loadRuns(Optional.empty(), DOGS, List.of("seeds=5"))).hasSize(1);
    assertThat(load(Optional.empty(), DOGS, "seeds=null", "seed=4").seed()).isEqualTo(4);
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "seeds=[]"))
        .hasMessage("Cannot train without a seed: name one in seeds");
  }

  @Test
  void seedsOfTheCommandLineGoBeforeAFilesSeedAndTheOtherWayRound() throws IOException {
    Optional<String> one = written("seed = 5");
    assertThat(SettingsLoader.loadRuns(one, DOGS, List.of("seeds=1,2")))
        .extracting(Settings::seed)
        .containsExactly(1L, 2L);
    assertThat(load(written("seeds = [1, 2]"), DOGS, "seed=7").seed()).isEqualTo(7);
    Optional<String> both = written("seed = 5, seeds = [1, 2]");
    assertThatThrownBy(() -> load(both, DOGS))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use seed 5 together with seeds 1, 2");
    assertThat(load(both, DOGS, "seeds=null").seed()).isEqualTo(5);
  }

  @Test
  void aFileThatChoosesAnOptimizerGivesItsLearningRate() throws IOException {
    Optional<String> wrong = written("optimizer = adamw, network.resnet18.learning-rate = 0.002");
    assertThatThrownBy(() -> load(wrong, DOGS))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "Cannot use network.resnet18.learning-rate, the learning rate of sgd");
    Optional<String> ofEach =
        written(
            "optimizer = adamw, network.resnet18 { learning-rate = 1, adamw-learning-rate = 2 }");
    assertThat(load(ofEach, DOGS).networks().get("resnet18").learningRate()).isEqualTo(2);
    assertThat(load(ofEach, DOGS, "optimizer=sgd").networks().get("resnet18").learningRate())
        .isEqualTo(1);
  }

  private Optional<String> written(String settings) throws IOException {
    return Optional.of(Files.writeString(folder.resolve("own.conf"), settings).toString());
  }

  @ParameterizedTest
  @FieldSource("PRESETS")
  void everyPresetLoads(String preset) {
    assertThat(load(Optional.of(preset), DOGS).networks()).isNotEmpty();
  }

  @ParameterizedTest
  @FieldSource("PRESETS")
  void theReadmeTellsWhatEveryPresetIsFor(String preset) throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains("\n| `" + preset + "` | ");
  }

  @ParameterizedTest
  @FieldSource("PRESETS")
  void aPresetSaysOnlyWhatDiffersFromTheDefaults(String preset) {
    Config defaults = resource("defaults");

    assertThat(resource(preset).entrySet())
        .isNotEmpty()
        .allSatisfy(
            entry -> {
              assertThat(defaults.hasPathOrNull(entry.getKey())).isTrue();
              ConfigValue usual = defaults.getValue(entry.getKey());
              assertThat(entry.getValue().unwrapped()).isNotEqualTo(usual.unwrapped());
            });
  }

  @Test
  void theCommandLineGoesBeforeTheFileAndTheFileBeforeTheDefaults() throws IOException {
    String file = file("epochs = 1, batch-size = 2, momentum = 0.3, schedule.name = step");
    Map<String, Object> options = Map.of("images", "dogs", "batch-size", 20, "momentum", 0.4);

    Settings settings = load(Optional.of(file), options, "momentum=0.5");

    assertThat(settings.averagingFrequency()).isEqualTo(4); // defaults
    assertThat(settings.epochs()).isEqualTo(1); // file
    assertThat(settings.schedule().name()).isEqualTo(ScheduleSettings.Name.STEP);
    assertThat(settings.schedule().warmUp()).isEqualTo(0.15); // defaults, beside the file's
    assertThat(settings.batchSize()).isEqualTo(20); // option
    assertThat(settings.optimizer().momentum()).isEqualTo(0.5); // --set
  }

  @Test
  void ofTwoAssignmentsTheLastOneWins() {
    assertThat(load(Optional.empty(), DOGS, "epochs=1", "epochs=2").epochs()).isEqualTo(2);
  }

  @Test
  void nullInAnAssignmentTakesAFilesValueBack() throws IOException {
    String file = file("images = dogs");

    Settings settings = load(Optional.of(file), Map.of(), "images=null");

    assertThat(settings.images().areSamples()).isTrue();
  }

  @Test
  void anUnknownKeyOfAFileIsAnErrorThatNamesTheNearestKnownOne() throws IOException {
    String file = file("epoch = 3");

    assertThatThrownBy(() -> load(Optional.of(file), DOGS))
        .isInstanceOf(UserError.class)
        .hasMessage("Unknown setting epoch in " + file + ": did you mean epochs?");
  }

  @ParameterizedTest
  @CsvSource({
    "batchsize=8, batchsize, batch-size",
    "schedule.warmup=0.1, schedule.warmup, schedule.warm-up",
    "schedule=cosine, schedule, schedule.name",
    "train-image=null, train-image, train-images",
    "network.resnet81.image-size=64, network.resnet81.image-size, network.resnet18.image-size"
  })
  void anUnknownKeyIsAnErrorThatNamesTheNearestKnownOne(
      String assignment, String key, String nearest) {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, assignment))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Unknown setting " + key + " in the command line: did you mean " + nearest + "?");
  }

  @Test
  void aQuotedKeyWithADotIsNotTheSettingOfThatPath() throws IOException {
    String file = file("\"schedule.name\" = step");

    assertThatThrownBy(() -> load(Optional.of(file), DOGS))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Unknown setting \"schedule.name\" in " + file);
  }

  @Test
  void anUnknownKeyLikeNoneIsAnErrorThatSaysWhereTheyAreListed() {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "gpu=1"))
        .isInstanceOf(UserError.class)
        .hasMessage("Unknown setting gpu in the command line: conf/defaults.conf lists them all");
  }

  @Test
  void anUnknownNetworkIsAnErrorThatNamesTheNearestKnownOne() {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "networks=resnet81"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Unknown network resnet81: did you mean resnet18?"
                + " Known are customcnn, resfcn18, resnet18, resnet34, resnet50");
  }

  @Test
  void anUnknownScheduleIsAnErrorThatNamesTheNearestKnownOne() {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "schedule.name=one_cycle"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Unknown schedule one_cycle: did you mean one-cycle?"
                + " Known are constant, step, cosine, one-cycle");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "epochs=ten",
        "epochs=2.5",
        "epochs=3000000000",
        "seed=0.5",
        "schedule.step-epochs=1.5",
        "batch-size=[8]",
        "workers=two",
        "workers=1.5",
        "image-size=big",
        "learning-rate=fast",
        "test-fraction=half",
        "max-rejected={}",
        "images=[dogs]",
        "networks={}",
        "network.resnet18.image-size=auto",
        "augmentation.flip=perhaps",
        "augmentation.shift=true",
        "augmentation.random-resized-crop.scale=0.5",
        "augmentation.random-erasing.ratio=[wide]",
        "augmentation.randaugment.num-ops=1.5",
        "momentum=null"
      })
  void aValueOfTheWrongTypeIsAnErrorThatNamesIt(String assignment) {
    int equals = assignment.indexOf('=');

    // with auto, so that a network's own size is read too
    assertThatThrownBy(() -> load(Optional.empty(), Map.of("image-size", "auto"), assignment))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use ")
        .hasMessageContaining(assignment.substring(0, equals))
        .hasMessageContaining(assignment.substring(equals + 1));
  }

  @Test
  void aValueOfTheWrongTypeInAFileIsAnErrorWithItsLine() throws IOException {
    String file = file("seed = 1", "epochs = ten");

    assertThatThrownBy(() -> load(Optional.of(file), DOGS))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use the settings: " + file + ": 2: epochs has type STRING");
  }

  @Test
  void aFileThatDoesNotExistIsAnErrorThatListsThePresets() {
    assertThatThrownBy(() -> load(Optional.of("labtop"), DOGS))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot read settings from labtop: there is no such file, and presets are "
                + String.join(", ", PRESETS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs = [1", "schedule { name = step", "= 3", "epochs = ${rounds}"})
  void aMalformedFileIsAnErrorOfOneLineThatNamesIt(String line) throws IOException {
    String file = file(line);

    assertThatThrownBy(() -> load(Optional.of(file), DOGS))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot ")
        .hasMessageContaining(file)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs", "=3", ""})
  void anAssignmentNeedsAKeyAndAnEqualsSign(String assignment) {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, assignment))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot set " + assignment + ": write --set key=value");
  }

  @Test
  void anAssignmentToAKeyThatIsNoneIsAnError() {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "a..b=3"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot set a..b=3: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://bucket/kennel",
        "hdfs:///runs",
        "runs//today",
        "runs#2",
        "a,b=c",
        "a=b",
        "C:\\runs",
        "$HOME/runs"
      })
  void anAssignedPathIsTakenAsItIs(String path) {
    assertThat(load(Optional.empty(), DOGS, "output=" + path).output()).isEqualTo(path);
  }

  @Test
  void anAssignedTextMayBeQuoted() {
    assertThat(load(Optional.empty(), DOGS, "output = \"my runs\"").output()).isEqualTo("my runs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resfcn18,customcnn", "resfcn18 , customcnn", "[resfcn18, customcnn]"})
  void networksAreAListOrATextWithCommasAndKeepTheirOrder(String networks) {
    assertThat(load(Optional.empty(), DOGS, "networks=" + networks).networks().keySet())
        .containsExactly("resfcn18", "customcnn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18,resnet18", "[resnet18, resfcn18, resnet18]"})
  void aNetworkNamedTwiceIsAnError(String networks) {
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "networks=" + networks))
        .isInstanceOf(UserError.class)
        .hasMessage("Cannot train resnet18 twice in one run: name each network once");
  }

  @Test
  void withoutImagesThePresetSamplesIsTaken() {
    Settings settings = load(Optional.empty(), Map.of("epochs", 1));

    assertThat(settings.images().areSamples()).isTrue();
    assertThat(settings.networks().get("resnet18").imageSize()).isEqualTo(32);
    assertThat(settings.averagingFrequency()).isEqualTo(2);
    assertThat(settings.epochs()).isEqualTo(1); // the command line goes before it
  }

  @Test
  void withImagesThePresetSamplesIsNotTaken() {
    Map<String, Object> split = Map.of("train-images", "dogs/train", "test-images", "dogs/test");

    assertThat(imageSize(load(Optional.empty(), DOGS))).isEqualTo(224);
    assertThat(imageSize(load(Optional.empty(), split))).isEqualTo(224);
    assertThat(imageSize(load(Optional.empty(), Map.of(), "images=dogs"))).isEqualTo(224);
  }

  @Test
  void withAFileOrAnotherPresetThePresetSamplesIsNotTaken() throws IOException {
    assertThat(imageSize(load(Optional.of("laptop"), Map.of()))).isEqualTo(64);
    assertThat(imageSize(load(Optional.of(file("epochs = 1")), Map.of()))).isEqualTo(224);
  }

  @Test
  void eachNetworkHasItsOwnImageSizeAndLearningRate() {
    Settings settings = load(Optional.empty(), DOGS, "networks=resnet18,resfcn18,customcnn");

    assertThat(settings.networks())
        .isEqualTo(
            Map.of(
                "resnet18", new NetworkSettings(224, 0.02),
                "resfcn18", new NetworkSettings(192, 0.01),
                "customcnn", new NetworkSettings(32, 0.02)));
  }

  @Test
  void aNetworksLearningRateThatTheOptimizerDoesNotTakeIsRefused() {
    assertThatThrownBy(
            () ->
                load(
                    Optional.empty(),
                    DOGS,
                    "optimizer=adamw",
                    "network.resnet18.learning-rate=0.002"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use network.resnet18.learning-rate, the learning rate of sgd, with optimizer"
                + " adamw: set network.resnet18.adamw-learning-rate");
    assertThatThrownBy(() -> load(Optional.empty(), DOGS, "network.resnet18.lars-learning-rate=1"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot use network.resnet18.lars-learning-rate, the learning rate of lars, with"
                + " optimizer sgd: set network.resnet18.learning-rate");
    Settings settings =
        load(
            Optional.of("dogs-plain"), // which has a rate of sgd
            DOGS,
            "optimizer=adamw",
            "network.resnet18.adamw-learning-rate=0.002");
    assertThat(settings.networks().get("resnet18").learningRate()).isEqualTo(0.002);
  }

  @Test
  void aCommonImageSizeAndLearningRateGoBeforeTheNetworksOwn() {
    Settings settings = load(Optional.empty(), DOGS, "image-size=96", "learning-rate=0.1");

    assertThat(settings.networks())
        .isEqualTo(
            Map.of(
                "resnet18", new NetworkSettings(96, 0.1),
                "resfcn18", new NetworkSettings(96, 0.1)));
  }

  @Test
  void aNetworksOwnValueCanBeSetAlone() {
    Settings settings = load(Optional.empty(), DOGS, "network.resfcn18.image-size=128");

    assertThat(settings.networks())
        .isEqualTo(
            Map.of(
                "resnet18", new NetworkSettings(224, 0.02),
                "resfcn18", new NetworkSettings(128, 0.01)));
  }

  @Test
  void workersAndThreadsAreEmptyUnlessTheyAreGiven() {
    Settings settings = load(Optional.empty(), DOGS, "workers=3", "threads=auto");

    assertThat(settings.workers()).isEqualTo(OptionalInt.of(3));
    assertThat(settings.threads()).isEmpty();
  }

  private static Settings load(
      Optional<String> config, Map<String, Object> options, String... assignments) {
    return SettingsLoader.load(config, options, List.of(assignments));
  }

  private static int imageSize(Settings settings) {
    return settings.networks().get("resnet18").imageSize();
  }

  private static Config resource(String name) {
    return ConfigFactory.parseResources("conf/" + name + ".conf");
  }

  private String file(String... lines) throws IOException {
    return Files.write(folder.resolve("mine.conf"), List.of(lines)).toString();
  }

  @Test
  void whatANetworkStartsFromAndKeepsIsItsOwnUnlessACommonSettingSaysSo() {
    Map<String, NetworkSettings> networks =
        SettingsLoader.load(
                Optional.of("samples"),
                Map.of("networks", "resnet18,resfcn18"),
                List.of(
                    "network.resnet18.pretrained=imagenet",
                    "network.resnet18.freeze=[stem, stage1]",
                    "network.resnet18.classifier-learning-rate=0.1"))
            .networks();
    assertThat(networks.get("resnet18").pretrained()).contains("imagenet");
    assertThat(networks.get("resnet18").freeze()).containsExactly("stem", "stage1");
    assertThat(networks.get("resnet18").classifierLearningRate()).hasValue(0.1);
    assertThat(networks.get("resfcn18").pretrained()).isEmpty();
    assertThat(networks.get("resfcn18").freeze()).isEmpty();
    assertThat(networks.get("resfcn18").classifierLearningRate()).isEmpty();

    NetworkSettings common =
        only(
            Map.of("pretrained", "net.pth", "freeze", "stem, stage2"), "network.resnet18.freeze=x");
    assertThat(common.pretrained()).contains("net.pth");
    assertThat(common.freeze()).containsExactly("stem", "stage2");
    for (String none : List.of("none", "null")) {
      NetworkSettings off =
          only(
              Map.of(),
              "network.resnet18.pretrained=imagenet",
              "pretrained=" + none,
              "network.resnet18.freeze=stem",
              "freeze=" + none,
              "classifier-learning-rate=" + none);
      assertThat(off.pretrained()).isEmpty();
      assertThat(off.freeze()).isEmpty();
      assertThat(off.classifierLearningRate()).isEmpty();
    }
  }

  private static NetworkSettings only(Map<String, Object> options, String... assignments) {
    Map<String, Object> all = new java.util.HashMap<>(options);
    all.put("networks", "resnet18");
    return SettingsLoader.load(Optional.of("samples"), all, List.of(assignments))
        .networks()
        .get("resnet18");
  }

  @Test
  void secretsOfAddressesAreInTheSettingsButNotInWhatIsShownOfThem() {
    String secret = "https://me:secret@host/a.pth?signature=secret";
    Settings settings =
        SettingsLoader.load(
            Optional.of("samples"),
            Map.of("pretrained", secret, "weights-address", "https://me:secret@mirror/"),
            List.of("network.resfcn18.pretrained=\"" + secret + "\""));
    assertThat(settings.networks().values())
        .allSatisfy(own -> assertThat(own.pretrained()).contains(secret));
    assertThat(settings.weights().address()).isEqualTo("https://me:secret@mirror/");
    assertThat(settings.json()).contains("https://host/a.pth?…").doesNotContain("secret");
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void fetchedFilesAreInTheUsersOwnCacheUnlessAFolderIsNamed() {
    WeightSettings unnamed = new WeightSettings(Optional.empty(), "https://mirror/");
    assertThat(unnamed.folder(Map.of(), "/home/me"))
        .isEqualTo(Path.of("/home/me/.cache/kennel/weights"));
    assertThat(unnamed.folder(Map.of("XDG_CACHE_HOME", "/caches"), "/home/me"))
        .isEqualTo(Path.of("/caches/kennel/weights"));
    assertThat(
            new WeightSettings(Optional.of("/shared"), "https://mirror/")
                .folder(Map.of("XDG_CACHE_HOME", "/caches"), "/home/me"))
        .isEqualTo(Path.of("/shared"));
  }
}
